-- How many rows carry each of these identifiers?
SELECT f.number, count(*) AS rows
FROM (SELECT unnest($hashes::UBIGINT[]) AS hash, unnest($numbers::INTEGER[]) AS number) AS f
JOIN identifiers AS i ON i.hash = f.hash
GROUP BY f.number
ORDER BY f.number
