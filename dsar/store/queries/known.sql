-- Whose rows carry these identifiers as their own (not only in a text), a few rows for each?
SELECT number, segment, _row, role
FROM (
  SELECT f.number, s.segment, i._row, e.role,
    row_number() OVER (PARTITION BY f.number ORDER BY s.segment, i._row, e.role) AS place
  FROM (SELECT unnest($hashes::UBIGINT[]) AS hash, unnest($numbers::INTEGER[]) AS number) AS f
  JOIN (SELECT * FROM identifiers AS i WHERE $near) AS i ON i.hash = f.hash
  JOIN segment_files AS s ON s.file = i.filename
  JOIN entries AS e ON e.segment = s.segment AND e.entry = i.entry
  WHERE e.role <> 'mentioned'
)
WHERE place <= $most
ORDER BY number, segment, _row, role
