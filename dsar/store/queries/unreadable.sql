-- Which rows of one segment could not be read, and what stands in them?
SELECT r._row, r.c0
FROM $records AS r
WHERE r._bad IS NOT NULL
ORDER BY r._row
