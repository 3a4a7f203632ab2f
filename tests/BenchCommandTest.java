import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user runs them, only shorter; they need wrk and FastAPI. */
@DisplayName("jbang bench, and jbang bench faults")
@Tag("peers")
class BenchCommandTest {

    @Test
    @DisplayName("Ours under wrk for a second: five figures, and a page with the table that it prints")
    void ours(@TempDir Path folder) throws Exception {
        var bench =
                Call.of(Bench.commandLine(), "ours", "--rounds", 1, "--seconds", 1, "--warm-up", 1, "--out", folder);
        assumeFalse(bench.err().contains("bench: wrk is not installed: apt install wrk"),
                "wrk is not installed: apt install wrk");
        assertEquals(0, bench.exitCode(), bench.err()::toString);
        assertEquals(
                Files.readAllLines(folder.resolve("README.md")).stream().filter(line -> line.startsWith("|"))
                        .limit(3).toList(),
                bench.out().stream().filter(line -> line.startsWith("|")).toList());
        var rows = Speed.read(folder).rows();
        assertEquals(1, rows.size());
        var row = rows.getFirst();
        assertTrue(DoubleStream.of(row.requestsPerSecond(), row.p99Millis(), row.spreadMillis(), row.startMillis())
                .allMatch(figure -> figure > 0), row::toString);
    }

    @Test
    @DisplayName("Kills, a full disk, slow clients, a short soak: server.java loses nothing unseen; a table says so")
    void faults(@TempDir Path folder) throws IOException {
        var faults = Call.of(Bench.commandLine(), "faults", "--kills", 3, "--soak", "3s", "--out", folder);
        assertEquals(0, faults.exitCode(), faults.err()::toString);
        var rows = Files.readAllLines(folder.resolve("faults.md")).stream().filter(line -> line.startsWith("| "))
                .map(line -> line.split(" \\| ")).toList();
        assertEquals(6, rows.size()); // the header, its line, the four
        for (var expected : List.of("fewer rows than printed lines: 0 times; a torn last row: 0 times",
                "no torn last row; exit code 1", "each has its three rows once"))
            assertEquals(1, rows.stream().filter(row -> row[2].contains(expected)).count(),
                    () -> expected + ": " + faults.out());
    }
}
