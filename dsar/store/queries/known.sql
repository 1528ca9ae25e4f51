-- Whose rows carry these identifiers as their own (not only in a text), a few rows for each?
SELECT number, segment, _row, role
FROM (
  SELECT f.number, s.segment, i._row, i.role::VARCHAR AS role,
    row_number() OVER (PARTITION BY f.number ORDER BY s.segment, i._row, i.role) AS place
  FROM (SELECT unnest($hashes::UBIGINT[]) AS hash, unnest($numbers::INTEGER[]) AS number) AS f
  JOIN identifiers AS i ON i.hash = f.hash
  JOIN segment_files AS s ON s.file = i.filename
  WHERE i.role <> 'mentioned'
)
WHERE place <= $most
ORDER BY number, segment, _row, role
