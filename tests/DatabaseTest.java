import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.*;

@Tag("peers")
@DisplayName("Tasks in a database")
@Execution(ExecutionMode.CONCURRENT)
class DatabaseTest {

    static final int REQUESTS = 20;

    @TempDir
    Path folder;

    @Test
    @DisplayName("SQLite: what a killed server left ends in the next one, which leaves no file but the database")
    void sqlite() throws Exception {
        survives("jdbc:sqlite:" + folder.resolve("tasks.db") + "?journal_mode=WAL");
        try (var files = Files.list(folder)) {
            assertEquals(Set.of("tasks.csv", "tasks.db", "tmp"),
                    files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    @Test
    @DisplayName("H2 with WRITE_DELAY=0: the same with another URL")
    void h2() throws Exception {
        survives("jdbc:h2:" + folder.resolve("tasks") + ";WRITE_DELAY=0");
    }

    @Test
    @DisplayName("PostgreSQL, where one is installed: the same with another URL")
    void postgres() throws Exception {
        var programs = Stream.of("/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/15/bin", "/usr/local/bin",
                "/usr/bin").filter(each -> Files.exists(Path.of(each, "initdb"))).findFirst();
        assumeTrue(programs.isPresent(), "needs PostgreSQL: apt install postgresql");
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        // It ends, and its folder goes, when its standard input does: when this test ends, however that comes about.
        var postgres = new ProcessBuilder("sh", "-c", """
                home=$(mktemp -d) || exit
                trap '' INT TERM
                if [ "$(id -u)" = 0 ]; then # as whom it refuses to run
                  chown nobody "$home"
                  as="setpriv --reuid nobody --clear-groups"
                fi
                cd "$home"
                $as "$0/initdb" -D data -U postgres -A trust -N &&
                  $as "$0/pg_ctl" -D data -l log -w -o "-p $1 -k '$home' -c listen_addresses=127.0.0.1" start &&
                  echo ready
                read _
                $as "$0/pg_ctl" -D data -m immediate stop
                cd / && rm -rf "$home"
                """, programs.get(), "" + port).redirectErrorStream(true).start();
        try (var said = postgres.inputReader()) {
            assertTrue(said.lines().anyMatch("ready"::equals), "it did not start");
            survives("jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(port));
        } finally {
            postgres.getOutputStream().close();
            postgres.waitFor();
        }
    }

    /** Kills a server while tasks run and wait, and starts another one. */
    private void survives(String url) throws Exception {
        try (var killed = server(url)) {
            Load.send(killed.url(), 0, REQUESTS, 4, _ -> {});
            await(() -> ids("submitted").size() == REQUESTS && !ids("ended").isEmpty());
            killed.process.toHandle().destroyForcibly();
            killed.exitCode();
        }
        try (var next = server(url)) {
            await(() -> ids("ended").size() == REQUESTS);
            next.signal("TERM");
            assertEquals(0, next.exitCode(), next.err()::toString);
            assertTrue(next.err().stream().allMatch(line -> line.startsWith("INFO: ")), next.err()::toString);
            assertEquals(List.of(), next.out(), "what an earlier process had promised, this one does not report");
        }
        assertEquals(ids("submitted"), ids("ended"));
        assertFalse(ids("found").isEmpty(), "the kill came when all had ended");
    }

    private Script server(String url) throws IOException {
        var tmp = Files.createDirectories(folder.resolve("tmp")); // where SQLite puts its library
        return Script.start(List.of("-XX:ActiveProcessorCount=8", "-Djava.io.tmpdir=" + tmp, "-Ddatabase.url=" + url,
                "-Ddatabase.journal=" + folder.resolve("tasks.csv"), "-Ddatabase.millis=1000"), "Server", "--port", 0,
                "--tasks", 1, "--task-time", "1s", "--executor", "class:DatabaseExecutor");
    }

    /** Of the tasks to which that happened. */
    private Set<String> ids(String event) throws IOException {
        return Files.readAllLines(folder.resolve("tasks.csv")).stream().map(line -> line.split(","))
                .filter(cells -> cells[3].equals(event)).map(cells -> cells[2]).collect(Collectors.toSet());
    }

    private static void await(Callable<Boolean> event) throws Exception {
        var patience = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!event.call()) {
            assertTrue(System.nanoTime() < patience, "it does not come");
            Thread.sleep(20);
        }
    }
}
