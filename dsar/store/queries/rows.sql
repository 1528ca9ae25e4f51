-- What stands in these rows of one segment?
SELECT r.*
FROM $records AS r
ORDER BY r._row
