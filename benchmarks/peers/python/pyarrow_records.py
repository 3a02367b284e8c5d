"""The ten rules over a practice's records with Arrow's own kernels: batches as they are read, patients looked up by a hash of their ids."""
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds

from identifiers import AS_OF, BLOOD_PRESSURE, FORMAT, THREADS, add, columns_of, concept, path, show, years_before

DATES = {"birth_date", "death_date", "event_date", "recorded_date", "issue_date"}
pa.set_cpu_count(THREADS)


def read(table, *columns):
    if FORMAT != "csv":
        return ds.dataset(path(table), format=FORMAT).scanner(columns=list(columns), use_threads=True)
    types = {c: pa.date32() if c in DATES else pa.string() for c in columns_of(table)}
    form = ds.CsvFileFormat(convert_options=pa.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""]))
    return ds.dataset(path(table), format=form).scanner(columns=list(columns), use_threads=True)


def plain(array):
    return pc.cast(array, array.type.value_type) if pa.types.is_dictionary(array.type) else array


patients = read("patients", "patient_id", "practice_id", "birth_date", "death_date", "nhs_number_key").to_table().combine_chunks()
people = {name: plain(patients[name].combine_chunks()) for name in patients.column_names}
counts, sums, codes, products = {}, {}, {}, {}


def grouped(batch, columns, keys=None, into=None):
    """Adds up columns of a batch by practice; with keys, the rows by practice and key."""
    at = pc.index_in(batch["patient_id"], value_set=people["patient_id"])
    pr = pc.coalesce(people["practice_id"].take(at), plain(batch["practice_id"]))
    table = pa.table({"pr": pr, **{name: pc.cast(pc.fill_null(of, False), pa.int64()) for name, of in columns(at).items()}})
    names = table.column_names[1:]
    for row in table.group_by("pr").aggregate([(name, "sum") for name in names]).to_pylist():
        of = sums.setdefault(row["pr"], {})
        for name in names:
            of[name] = of.get(name, 0) + row[name + "_sum"]
    if keys is not None:
        for row in pa.table({"pr": pr, "key": keys}).group_by(["pr", "key"]).aggregate([([], "count_all")]).to_pylist():
            into[row["pr"], row["key"]] = into.get((row["pr"], row["key"]), 0) + row["count_all"]


measured = set()
for batch in read("events", "patient_id", "practice_id", "code", "code_system", "event_date", "recorded_date", "value", "unit").to_batches():
    b = {name: plain(batch[name]) for name in batch.schema.names}
    is_sct = pc.equal(b["code_system"], "sct")

    def flags(at):
        born = people["birth_date"].take(at)
        return {"dated": pc.and_(pc.is_valid(b["event_date"]), pc.is_valid(born)),
                "in_life": pc.and_(pc.greater_equal(b["event_date"], born), pc.less_equal(b["event_date"], AS_OF)),
                "valued": pc.is_valid(b["value"]), "with_unit": pc.and_(pc.is_valid(b["value"]), pc.is_valid(b["unit"])),
                "both_dates": pc.and_(pc.is_valid(b["event_date"]), pc.is_valid(b["recorded_date"])),
                "ordered": pc.greater_equal(b["recorded_date"], b["event_date"])}

    grouped(b, flags, pc.if_else(is_sct, b["code"], None), codes)
    recent = pc.and_(pc.greater(b["event_date"], years_before(5)), pc.less_equal(b["event_date"], AS_OF))
    for system, list_ in BLOOD_PRESSURE.items():
        taken = pc.and_(pc.and_(recent, pc.equal(b["code_system"], system)), pc.is_in(b["code"], value_set=pa.array(list_)))
        measured.update(pc.unique(b["patient_id"].filter(taken)).to_pylist())
for batch in read("issues", "patient_id", "practice_id", "dmd_code", "issue_date").to_batches():
    b = {name: plain(batch[name]) for name in batch.schema.names}
    grouped(b, lambda at: {"issued": pc.is_valid(b["issue_date"]), "past": pc.less_equal(b["issue_date"], AS_OF)}, b["dmd_code"], products)
for batch in read("medications", "patient_id", "practice_id", "indication_problem_id").to_batches():
    b = {name: plain(batch[name]) for name in batch.schema.names}
    grouped(b, lambda at: {"courses": pc.is_valid(b["patient_id"]), "indicated": pc.is_valid(b["indication_problem_id"])})

for rule, top, bottom in (("dated-in-life", "dated", "in_life"), ("unit-recorded", "valued", "with_unit"), ("recorded-after-event", "both_dates", "ordered"),
                          ("issue-not-future", "issued", "past"), ("indication-recorded", "courses", "indicated")):
    for pr, of in sums.items():
        add(counts, rule, pr, of.get(top), of.get(bottom))
for rule, found in (("code-valid", codes), ("issue-code-valid", products)):
    for (pr, code), n in found.items():
        if code is not None:
            add(counts, rule, pr, n, n if concept(code) else 0)
numbers = {}
for pid, pr, born, died, number in zip(*(people[c].to_pylist() for c in ("patient_id", "practice_id", "birth_date", "death_date", "nhs_number_key"))):
    if born is not None:
        add(counts, "birth-date-plausible", pr, 1, born.year >= 1880 and born <= AS_OF)
    if died is None and born is not None and born <= years_before(40):
        add(counts, "blood-pressure-recent", pr, 1, pid in measured)
    if number is not None:
        numbers[pr, number] = numbers.get((pr, number), 0) + 1
for (pr, _), n in numbers.items():
    add(counts, "number-unique", pr, n, n == 1)
show(pa.__version__, counts)
