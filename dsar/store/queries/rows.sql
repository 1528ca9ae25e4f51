-- What stands in these rows of one segment?
SELECT r.*
FROM $records AS r
WHERE r._row IN (SELECT unnest($rows::BIGINT[]))
ORDER BY r._row
