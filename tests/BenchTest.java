import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("jbang bench")
class BenchTest {

    static final Manifest.Machine MACHINE =
            new Manifest.Machine("A CPU", 8, "16 GiB", "Linux 6.1", "OpenJDK 25", "2026-01-26T02:46:24.017Z",
                    "ff005d9", "clean");

    @TempDir
    Path folder;

    @Test
    @DisplayName("The table has medians, ranges and ratios to ours, of rows made by hand")
    void table() {
        var speed = new Speed("jbang bench", MACHINE, List.of(row("ours", 1, 40_000, 9.5), row("ours", 2, 50_000, 1.5),
                row("ours", 3, 41_000, 2), row("theirs", 1, 2_000, 100), row("theirs", 2, 2_100, 30)));
        assertEquals(
                """
                        | server | requests/s | p99 of the answer [ms] | memory a task in flight [kB] | spread of \
                        task 2 at 1,000 requests [ms] | start to first answer [ms] |
                        | --- | ---: | ---: | ---: | ---: | ---: |
                        | ours | 41,000 (40,000 to 50,000) | 2 (1.5 to 9.5) | 1.5 (1.5 to 1.5) | 300 (300 to 300) | \
                        - (- to -) |
                        | theirs | 2,050 (2,000 to 2,100), 0.05 of ours | 65 (30 to 100) | 1.5 (1.5 to 1.5) | 300 \
                        (300 to 300) | - (- to -) |
                        """,
                speed.table());
    }

    @Test
    @DisplayName("The verdict compares the median of ours with FastAPI's and with the best on the JVM, which "
            + "Express is not")
    void verdict() {
        var speed = new Speed("jbang bench", MACHINE,
                List.of(row("ours", 1, 30_000, 1), row("ours", 2, 31_000, 1), row("ours", 3, 1, 1),
                        row("fastapi", 1, 1_200, 1), row("Vertx", 1, 40_000, 1), row("SpringBoot", 1, 9_000, 1),
                        row("express", 1, 90_000, 1)));
        assertEquals(
                "Ours answers 25 times as many requests as FastAPI (expected: 20 or more), and 0.75 of Vertx, "
                        + "the best on the JVM "
                        + "(expected: 0.75 or more).\n",
                speed.verdict());
        assertEquals("",
                new Speed("jbang bench", MACHINE, List.of(row("ours", 1, 2, 1), row("express", 1, 1, 1))).verdict());
    }

    @Test
    @DisplayName("It writes its rows and a page with table, machine and command; the rows read back give the "
            + "same page")
    void files() throws IOException {
        var speed = new Speed("jbang bench --rounds 2", MACHINE,
                List.of(row("ours", 1, 40_000, 9.5), row("ours", 2, 50_000, 1.5)));
        speed.write(folder);
        var page = Files.readString(folder.resolve("README.md"));
        assertTrue(
                page.startsWith("# How fast each server answers\n\n" + speed.table()
                        + """

                                Medians of 2 rounds (lowest to highest). **Machine.** A CPU, 8 CPUs, 16 GiB; Linux \
                                6.1; OpenJDK 25; commit ff005d9 (clean); \
                                2026-01-26T02:46:24.017Z

                                ## To repeat it

                                ```
                                jbang bench --rounds 2
                                ```
                                """),
                page);
        Speed.read(folder).write(folder.resolve("again"));
        assertEquals(page, Files.readString(folder.resolve("again/README.md")));
    }

    @Test
    @DisplayName("Ours under wrk for a second: five figures, and a page with the table that it prints")
    void ours() throws Exception {
        var bench =
                Call.of(Bench.commandLine(), "ours", "--rounds", 1, "--seconds", 1, "--warm-up", 1, "--out", folder);
        assumeFalse(bench.err().contains("bench: wrk is not installed: apt install wrk"),
                "wrk is not installed: apt install wrk");
        assertEquals(0, bench.exitCode(), bench.err()::toString);
        assertEquals(
                Files.readAllLines(folder.resolve("README.md")).stream().filter(line -> line.startsWith("|")).toList(),
                bench.out().stream().filter(line -> line.startsWith("|")).toList());
        var rows = Speed.read(folder).rows();
        assertEquals(1, rows.size());
        var row = rows.getFirst();
        assertTrue(
                row.requestsPerSecond() > 0 && row.p99Millis() > 0 && row.spreadMillis() > 0 && row.startMillis() > 0,
                row::toString);
    }

    @Test
    @DisplayName("An unknown server is refused with exit code 2, and the known ones are listed")
    void unknown() {
        var bench = Call.of(Bench.commandLine(), "Tomcat");
        assertEquals(2, bench.exitCode());
        assertTrue(bench.err().getFirst().startsWith("There is no server Tomcat. There are: ours, "),
                bench.err()::toString);
        assertTrue(bench.err().getFirst().contains("CommonPool") && bench.err().getFirst().contains("fastapi"),
                bench.err()::toString);
    }

    private static Speed.Row row(String server, int round, double requests, double p99) {
        return new Speed.Row(server, server, !Set.of("fastapi", "express").contains(server), round, requests, p99,
                1_500, 300, Double.NaN);
    }
}
