"""Splink on the bench's records, as its own tutorial deduplicates persons; run by the interpreter
of the environment it was installed into.

    linking.py CSV

Comparisons, training and thresholds are those of its documentation for such data (names by Jaro and
Winkler with term frequencies, dates of birth, exact numbers), block rules such as it advises:
several tight ones. Lines are: result, threshold, seconds, precision, recall, F1, false pairs,
MiB."""
from __future__ import annotations

import logging
import os
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from cleaning import COLUMNS, clean

THRESHOLDS = (0.5, 0.95, 0.99, 0.9999)
THREADS = 2


def settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ForenameSurnameComparison("first_name_kana", "surname_kana",
                                         forename_surname_concat_col_name="full_name_kana"),
            cl.ExactMatch("full_name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.LevenshteinAtThresholds("phone", 1),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address", [0.95, 0.88]),
            cl.ExactMatch("insurance"),
            cl.ExactMatch("branch"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("full_name_kana", "dob"),
            block_on("full_name", "dob"),
            block_on("full_name_kana", "postcode"),
            block_on("full_name_kana", "phone"),
            block_on("first_name_kana", "dob", "sex"),
            block_on("surname_kana", "dob", "sex"),
            block_on("phone", "dob"),
            block_on("insurance", "branch"),
            block_on("insurance", "dob"),
            block_on("postcode", "dob"),
        ],
    )


def train(linker: Linker) -> None:
    linker.training.estimate_probability_two_random_records_match(
        [block_on("full_name_kana", "dob"), block_on("insurance", "branch")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=11)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("full_name_kana", "postcode"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob", "phone"))


def asked(connection: duckdb.DuckDBPyConnection, question: str) -> float:
    """The one number of its answer."""
    return float(connection.execute(question).fetchall()[0][0])


def of_pairs(column: str, table: str) -> str:
    return (f"select coalesce(sum(n * (n - 1) / 2), 0) from "
            f"(select count(*) as n from {table} group by {column})")


def judged(connection: duckdb.DuckDBPyConnection, clusters: str) -> tuple[float, float, float, int]:
    """Precision, recall and F1 of the pairs within its clusters, and the false ones."""
    connection.execute(f"create or replace table judged as select c.cluster_id, p.truth "
                       f"from {clusters} c join people p using (unique_id)").fetchall()
    said = asked(connection, of_pairs("cluster_id", "judged"))
    true = asked(connection, of_pairs("truth", "people"))
    right = asked(connection, of_pairs("cluster_id, truth", "judged"))
    return (right / said if said else 1.0, right / true if true else 1.0,
            2 * right / (said + true) if said + true else 1.0, round(said - right))


def read(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in COLUMNS)
    connection.execute(f"create table people as select * from read_csv('{path}', header=true, "
                       f"nullstr='', columns={{{columns}}})").fetchall()


def cleaned(source: str) -> str:
    tidy = source + ".clean"
    began = time.monotonic()
    count = clean(source, tidy)
    print(f"splink: {count} records cleaned in {time.monotonic() - began:.1f} s, not counted",
          flush=True)
    return tidy


def show(threshold: float, seconds: float, quality: tuple[float, float, float, int]) -> None:
    precision, recall, f1, false = quality
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"result\t{threshold}\t{seconds:.1f}\t{precision:.5f}\t{recall:.5f}\t{f1:.5f}\t{false}"
          f"\t{peak:.0f}", flush=True)


def main(source: str) -> None:
    logging.disable(logging.WARNING)
    tidy = cleaned(source)
    connection = duckdb.connect()
    connection.execute(f"set threads={THREADS}").fetchall()
    began = time.monotonic()
    read(connection, tidy)
    linker = Linker(DuckDBAPI(connection).register("people"), settings())
    train(linker)
    trained = time.monotonic() - began
    found = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    predicted = time.monotonic() - began
    pairs = asked(connection, f"select count(*) from {found.physical_name}")
    print(f"splink: trained in {trained:.1f} s, predicted in {predicted - trained:.1f} s more: "
          f"{pairs:.0f} pairs", flush=True)
    for threshold in THRESHOLDS:
        began = time.monotonic()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold)
        seconds = predicted + time.monotonic() - began
        show(threshold, seconds, judged(connection, clusters.physical_name))
    os.remove(tidy)


if __name__ == "__main__":
    main(sys.argv[1])
