-- Which rows carry those of the gathered identifiers that are worth reading?
SELECT number, segment, _row, kind, role
FROM found
WHERE number IN (SELECT unnest($numbers::INTEGER[]))
ORDER BY number, segment, _row, kind, role
