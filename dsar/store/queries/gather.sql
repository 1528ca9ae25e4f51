-- Which rows carry one of these identifiers, kept aside in one pass to be counted and read?
CREATE OR REPLACE TEMP TABLE found AS
SELECT f.number, s.segment, i._row, i.kind::VARCHAR AS kind, i.role::VARCHAR AS role
FROM (SELECT unnest($hashes::UBIGINT[]) AS hash, unnest($numbers::INTEGER[]) AS number) AS f
JOIN identifiers AS i ON i.hash = f.hash
JOIN segment_files AS s ON s.file = i.filename
ORDER BY ALL
