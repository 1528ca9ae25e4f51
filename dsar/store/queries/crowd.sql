-- How many rows carry each of the identifiers that were gathered?
SELECT number, count(*) AS rows
FROM found
GROUP BY number
ORDER BY number
