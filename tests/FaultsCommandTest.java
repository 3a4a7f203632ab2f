import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** The command compares with FastAPI. */
@DisplayName("jbang bench faults")
@Tag("peers")
class FaultsCommandTest {

    @Test
    @DisplayName("Kills, a full disk, slow clients, a short soak: server.java loses nothing unseen; a table says so")
    void quick(@TempDir Path folder) throws IOException {
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
