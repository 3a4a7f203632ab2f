import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("jbang bench")
class BenchTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("The table has medians, ranges and ratios to ours, of rows made by hand")
    void table() {
        var speed = new Speed("jbang bench", null, List.of(row("ours", 1, 40_000, 9.5), row("ours", 2, 50_000, 1.5), row("ours", 3, 41_000, 2),
                row("theirs", 1, 2_000, 100), row("theirs", 2, 2_100, 30)));
        assertEquals(
                """
                        | server | requests/s | p99 of the answer [ms] | memory a task in flight [kB] | spread of task 2 at 1,000 requests [ms] | start to first answer [ms] |
                        | --- | ---: | ---: | ---: | ---: | ---: |
                        | ours | 41,000 (40,000 to 50,000) | 2 (1.5 to 9.5) | 1.5 (1.5 to 1.5) | 300 (300 to 300) | - (- to -) |
                        | theirs | 2,050 (2,000 to 2,100), 0.05 of ours | 65 (30 to 100) | 1.5 (1.5 to 1.5) | 300 (300 to 300) | - (- to -) |
                        """,
                speed.table());
    }

    @Test
    @DisplayName("The verdict compares the median of ours with FastAPI's and with the best on the JVM, which Express is not")
    void verdict() {
        var speed = new Speed("jbang bench", null, List.of(row("ours", 1, 30_000, 1), row("ours", 2, 31_000, 1), row("ours", 3, 1, 1),
                row("fastapi", 1, 1_200, 1), row("Vertx", 1, 40_000, 1), row("SpringBoot", 1, 9_000, 1), row("express", 1, 90_000, 1)));
        assertEquals("Ours answers 25 times as many requests as FastAPI (expected: 20 or more), and 0.75 of Vertx, the best on the JVM "
                + "(expected: 0.75 or more).\n", speed.verdict());
        assertEquals("", new Speed("jbang bench", null, List.of(row("ours", 1, 2, 1), row("express", 1, 1, 1))).verdict());
    }

    @Test
    @DisplayName("Ours under wrk for a second: five figures, and a file from which the same table comes again")
    void ours() throws Exception {
        try (var bench = Script.start("Bench", "ours", "--rounds", 1, "--seconds", 1, "--warm-up", 1, "--out", folder)) {
            var code = bench.exitCode();
            assumeFalse(bench.err().contains("bench: wrk is not installed: apt install wrk"), "wrk is not installed: apt install wrk");
            assertEquals(0, code, bench.err()::toString);
            var speed = Speed.read(folder.resolve("bench.json"));
            assertEquals(speed.table().lines().toList(), bench.out().stream().filter(line -> line.startsWith("|")).toList());
            var row = speed.rows().getFirst();
            assertTrue(row.requestsPerSecond() > 0 && row.p99Millis() > 0 && row.spreadMillis() > 0 && row.startMillis() > 0, row::toString);
        }
    }

    @Test
    @DisplayName("An unknown server is refused with exit code 2, and the known ones are listed")
    void unknown() throws Exception {
        try (var bench = Script.start("Bench", "Tomcat")) {
            assertEquals(2, bench.exitCode());
            assertTrue(bench.err().getFirst().startsWith("There is no server Tomcat. There are: ours, CommonPool"), bench.err()::toString);
        }
    }

    private static Speed.Row row(String server, int round, double requests, double p99) {
        return new Speed.Row(server, server, round, requests, p99, 1_500, 300, Double.NaN);
    }
}
