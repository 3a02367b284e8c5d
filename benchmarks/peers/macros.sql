-- The functions of the rule language and the columns derived while reading, in DuckDB's SQL. Written from their definitions, not from the Go.
CREATE MACRO digits(x) AS regexp_full_match(x, '[0-9]+');
CREATE MACRO verhoeff(x) AS list_reduce(
  list_prepend(0, list_transform(range(len(x)), lambda i:
    [0,1,2,3,4,5,6,7,8,9, 1,5,7,6,2,8,3,0,9,4, 5,8,0,3,7,9,6,1,4,2, 8,9,1,6,0,4,3,5,2,7,
     9,4,5,3,1,2,6,8,7,0, 4,2,8,6,5,7,3,9,0,1, 2,7,9,3,8,0,6,4,1,5, 7,0,4,6,9,1,3,2,5,8]
    [(i % 8) * 10 + CAST(substr(x, len(x) - i, 1) AS INTEGER) + 1])),
  lambda c, p:
    [0,1,2,3,4,5,6,7,8,9, 1,2,3,4,0,6,7,8,9,5, 2,3,4,0,1,7,8,9,5,6, 3,4,0,1,2,8,9,5,6,7, 4,0,1,2,3,9,5,6,7,8,
     5,9,8,7,6,0,4,3,2,1, 6,5,9,8,7,1,0,4,3,2, 7,6,5,9,8,2,1,0,4,3, 8,7,6,5,9,3,2,1,0,4, 9,8,7,6,5,4,3,2,1,0]
    [c * 10 + p + 1]) = 0;
CREATE MACRO sctid_valid(x) AS CASE WHEN x IS NULL THEN NULL
  WHEN NOT regexp_full_match(x, '[1-9][0-9]{5,17}') THEN false
  WHEN substr(x, -3, 1) = '0' AND substr(x, -2, 1) <= '5' THEN verhoeff(x)
  WHEN substr(x, -3, 1) = '1' AND substr(x, -2, 1) <= '5' AND len(x) >= 11 THEN verhoeff(x)
  ELSE false END;
CREATE MACRO sctid_concept(x) AS CASE WHEN x IS NULL THEN NULL WHEN regexp_full_match(x, '[1-9][0-9]{5,17}') AND substr(x, -2, 1) = '0' THEN sctid_valid(x) ELSE false END;
CREATE MACRO dmd_valid(x) AS sctid_concept(x);
CREATE MACRO sctid_rounded(x) AS CASE WHEN x IS NULL THEN NULL
  WHEN regexp_full_match(x, '[0-9]{15,17}0') THEN NOT verhoeff(x)
  WHEN regexp_full_match(x, '[0-9]+\.[0-9]+') THEN true
  WHEN regexp_full_match(x, '[0-9]+\.[0-9]+[Ee]\+?[0-9]+') THEN true
  ELSE regexp_full_match(x, '[0-9]+[Ee]\+[0-9]+') END;
CREATE MACRO read2_valid(x) AS CASE WHEN x IS NULL THEN NULL ELSE len(x) IN (5, 7) AND regexp_matches(left(x, 5), '^[A-Za-z0-9]+\.*$') AND (len(x) = 5 OR regexp_full_match(substr(x, 6), '[A-Za-z0-9]{2}')) END;
CREATE MACRO ctv3_valid(x) AS CASE WHEN x IS NULL THEN NULL ELSE len(x) = 5 AND regexp_full_match(x, '[A-Za-z0-9]+\.*') END;
CREATE MACRO bnf_valid(x) AS CASE WHEN x IS NULL THEN NULL ELSE regexp_full_match(x, '2[0-3][0-9]{9}|[0-9]{7}[0-9A-Z]{8}') END;
CREATE MACRO ods_valid(x) AS CASE WHEN x IS NULL THEN NULL ELSE regexp_full_match(x, '[A-Z][0-9]{5}') END;
CREATE MACRO ods_default(x) AS x IN ('V81997', 'V81998', 'V81999', 'X99998', 'X99999', 'Q99');
CREATE MACRO gmp_valid(x) AS CASE WHEN x IS NULL THEN NULL
  WHEN NOT regexp_full_match(x, 'G[0-589][0-9]{6}') THEN false
  ELSE (substr(x,2,1)::INT + substr(x,3,1)::INT * 3 % 10 + substr(x,4,1)::INT * 7 % 10 + substr(x,5,1)::INT + substr(x,6,1)::INT * 3 % 10 + substr(x,7,1)::INT * 7 % 10) % 10 = substr(x,8,1)::INT END;
CREATE MACRO gmp_default(x) AS x IN ('G9999998', 'G9999981', 'P9999981', 'A9999998', 'R9999981', 'X9999998', 'C9999998', 'H9999998', 'N9999998');
CREATE MACRO ubrn_valid(x) AS CASE WHEN x IS NULL THEN NULL ELSE regexp_full_match(x, '[0-9]{12}') END;
CREATE MACRO nhs_digits(x) AS CASE WHEN regexp_full_match(x, '[0-9]{10}') THEN x
  WHEN regexp_full_match(x, '[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{3}-[0-9]{3}-[0-9]{4}') THEN substr(x,1,3) || substr(x,5,3) || substr(x,9,4) END;
CREATE MACRO mod11(n) AS ((n % 10) + 2 * (n // 10 % 10) + 3 * (n // 100 % 10) + 4 * (n // 1000 % 10) + 5 * (n // 10000 % 10) + 6 * (n // 100000 % 10)
  + 7 * (n // 1000000 % 10) + 8 * (n // 10000000 % 10) + 9 * (n // 100000000 % 10) + 10 * (n // 1000000000 % 10)) % 11 = 0;
-- Numbers of the test range count as real: paperlight runs with --allow-test-numbers.
CREATE MACRO nhs_state(x) AS CASE WHEN x IS NULL OR x = '' THEN 'missing' WHEN nhs_digits(x) IS NULL THEN 'bad_form'
  WHEN nhs_digits(x)::BIGINT % 1111111111 = 0 THEN 'dummy' WHEN mod11(nhs_digits(x)::BIGINT) THEN 'valid' ELSE 'bad_check' END;
CREATE MACRO nhs_range(x) AS CASE WHEN nhs_state(x) = 'valid' THEN CASE
  WHEN nhs_digits(x)::BIGINT BETWEEN 101000000 AND 3112999999 THEN 'scotland'
  WHEN nhs_digits(x)::BIGINT BETWEEN 3200000010 AND 3999999999 THEN 'northern_ireland'
  WHEN nhs_digits(x)::BIGINT BETWEEN 3113000000 AND 4999999999 OR nhs_digits(x)::BIGINT BETWEEN 6000000000 AND 7999999999 THEN 'england'
  WHEN nhs_digits(x)::BIGINT >= 9990000000 THEN 'england' ELSE 'other' END END;
CREATE MACRO dosage_words(x) AS ' ' || regexp_replace(lower(x), '[^a-z0-9\x{80}-\x{10ffff}]+', ' ', 'g') || ' ';
CREATE MACRO dosage_state(x) AS CASE WHEN x IS NULL THEN 'empty'
  WHEN regexp_matches(x, '[0-9]') THEN 'stated'
  WHEN trim(dosage_words(x)) = '' THEN 'empty'
  WHEN regexp_matches(dosage_words(x), ' (one|two|three|four|five|six|seven|eight|nine|ten|half|once|twice|thrice|daily|od|bd|bid|tds|tid|qds|qid|nocte|mane|om|weekly|monthly|every|each|hourly|morning|night|bedtime) ') THEN 'stated'
  WHEN regexp_matches(dosage_words(x), ' (prn|p r n|(when|as|if) (required|needed|necessary|reqd)|sos) ') THEN 'when_required'
  WHEN regexp_matches(dosage_words(x), ' (as directed|mdu|m d u|ud|as dir|use as prescribed|as prescribed|as advised|as instructed|as indicated|per instructions|see instructions|as per protocol|asd|directed) ') THEN 'as_directed'
  ELSE 'stated' END;
-- Stands for the keyed hash, which only says whether two numbers are equal; a dummy is nobody's number.
CREATE MACRO nhs_key(x) AS CASE WHEN nhs_digits(x)::BIGINT % 1111111111 = 0 THEN NULL ELSE nhs_digits(x) END;
