-- Which rows carry one of these identifiers, kept aside in one pass to be counted and read?
CREATE OR REPLACE TEMP TABLE found AS
SELECT f.number, s.segment, i._row, e.kind, e.role
FROM (SELECT unnest(from_json($hashes, '["UBIGINT"]')) AS hash, unnest(range($count)) AS number) AS f
JOIN (SELECT * FROM identifiers AS i WHERE $near) AS i ON i.hash = f.hash
JOIN segment_files AS s ON s.file = i.filename
JOIN entries AS e ON e.segment = s.segment AND e.entry = i.entry
ORDER BY ALL
