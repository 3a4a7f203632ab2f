import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** The README's line of SQL; JBang downloads DuckDB, which nothing else needs. */
@DisplayName("A log that is larger than the memory")
@Tag("peers")
class DuckTest {

    @Test
    @DisplayName("The README's line of SQL gives the highest concurrency of a log, as analyze does")
    void sql(@TempDir Path folder) throws Exception {
        var readme = Files.readString(ReadmeTest.README);
        var sql = Pattern.compile("(?s)```sql\n(.*?)\n```").matcher(readme);
        assertTrue(sql.find());
        var events = Files.copy(Proc.house().resolve("results/reference/E02_ThePoolSizeCapsSyncTasks/pool-of-12.csv"),
                folder.resolve("my.csv"));
        Files.writeString(folder.resolve("duck.java"), """
                //%s org.duckdb:duckdb_jdbc:1.4.1.0
                class duck {
                    static void main(String... sql) throws Exception {
                        try (var db = java.sql.DriverManager.getConnection("jdbc:duckdb:");
                                var result = db.createStatement().executeQuery(sql[0])) {
                            result.next();
                            System.out.println(result.getInt(1));
                        }
                    }
                }
                """.formatted("DEPS"));
        try (var duck = Script.command(folder, Map.of(), Proc.house().resolve("jbang").toString(), "duck.java",
                sql.group(1))) {
            assertEquals(0, duck.exitCode(), duck.err()::toString);
            assertEquals(List.of("" + Log.read(events, null).highest()), duck.out());
        }
    }

    @Test
    @DisplayName("bench/logs.java compares analyze with DuckDB, from any folder of the house; no temporary file stays")
    void logs(@TempDir Path tmp) throws Exception {
        try (var logs = Script.command(Proc.house().resolve("tests"), Map.of(),
                Proc.house().resolve("jbang").toString(), "-R=-Djava.io.tmpdir=" + tmp,
                Proc.house().resolve("experiments/bench/logs.java").toString(),
                "--tasks", "300", "--rounds", "1")) {
            assertEquals(0, logs.exitCode(), logs.err()::toString);
            assertTrue(logs.out().getLast().startsWith("| 300 | "), logs.out()::toString);
        }
        assertArrayEquals(new String[0], tmp.toFile().list());
    }

    private static boolean holdsALog(Path tmp) throws IOException {
        return Source.files(tmp, _ -> {}).anyMatch(file -> file.getFileName().toString().startsWith("log-"));
    }

    @Test
    @DisplayName("Ctrl-C in bench/logs.java leaves no temporary file, either")
    void interrupted(@TempDir Path tmp) throws Exception {
        var java = Script.command(Proc.house(), Map.of(), Proc.house().resolve("jbang").toString(),
                "-R=-Djava.io.tmpdir=" + tmp, Proc.house().resolve("experiments/bench/logs.java").toString());
        try (java) {
            for (; !holdsALog(tmp); Thread.sleep(20)) assertTrue(java.process.isAlive(), java.err()::toString);
            java.signal("INT");
            assertEquals(130, java.exitCode());
        }
        assertArrayEquals(new String[0], tmp.toFile().list());
    }
}
