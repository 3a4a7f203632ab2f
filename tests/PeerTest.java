import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Peers")
class PeerTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("FastAPI, Express and at least six peers on the JVM are there, and nothing that is no peer")
    void all() {
        var names = Peer.all().stream().map(Peer::name).collect(Collectors.toSet());
        assertTrue(names.containsAll(
                Set.of("fastapi", "express", "SpringBoot", "Quarkus", "Micronaut", "Helidon", "Vertx", "CommonPool")),
                names::toString);
        assertFalse(names.contains("Contract") || names.contains("node_modules"), names::toString);
    }

    @Test
    @DisplayName("A peer that lacks its libraries is named, with the command that installs them")
    void missing() throws Exception {
        var peer = new Peer(Files.writeString(folder.resolve("run.py"),
                "import sys; sys.exit('Some is not installed: apt install python3-some')\n"));
        var missing = assertThrows(Peer.NotInstalled.class, () -> peer.command(8));
        assertEquals("Some is not installed", missing.getMessage());
        assertEquals(new Verdict.Missing("Some", "apt install python3-some"), missing.missing);
        assertThrows(Peer.NotInstalled.class, () -> new Peer(folder.resolve("none.js")).command(8));
    }

    @Test
    @DisplayName("A peer that fails for another reason is named, with what it said last")
    void broken() throws Exception {
        var peer =
                new Peer(Files.writeString(folder.resolve("run.py"), "import sys; sys.exit('Bad: thing: happened')"));
        var missing = assertThrows(Peer.NotInstalled.class, () -> peer.command(8));
        assertEquals(peer.name() + " does not start: Bad: thing: happened", missing.getMessage());
        assertEquals(new Verdict.Missing(peer.name(), ""), missing.missing);
    }

    @Test
    @DisplayName("Two that want the same peer at the same time build it one after the other")
    void oneBuild() throws Exception {
        var jbang = Files.writeString(folder.resolve("jbang"), // fails where another one runs
                "#!/bin/sh\nmkdir '%1$s' && sleep 0.3 && rmdir '%1$s'\n".formatted(folder.resolve("building")));
        assertTrue(jbang.toFile().setExecutable(true));
        var peer = new Peer(folder.resolve("Some.java"));
        try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var build : both.invokeAll(Collections.<Callable<Void>>nCopies(2, () -> {
                peer.fetch("" + jbang);
                return null;
            }))) build.get();
        }
    }

    @Test
    @DisplayName("A server that does not start is an error that has what it said")
    void doesNotStart() {
        var failure = assertThrows(IOException.class,
                () -> ServerProcess.start(List.of("sh", "-c", "echo no such port >&2; exit 1"),
                        ProcessBuilder.Redirect.DISCARD, ServerProcess.PATIENCE));
        assertEquals("it did not start. It said: no such port", failure.getMessage());
    }

    @ParameterizedTest(
            name = "A program that hangs, in its build or before its help, is killed; what it said is there: "
                    + "{0}")
    @ValueSource(strings = {"echo loading; exec sleep 600", "echo loading; sleep 600; true"}) // with a child
    void hangs(String command) throws Exception {
        var hangs = new ProcessBuilder("sh", "-c", command).start();
        assertEquals("loading", Proc.output(hangs, Duration.ofSeconds(3)));
        assertNotEquals(0, hangs.waitFor());
    }

    @Test
    @DisplayName("A server that does not start in time is killed, and says what it was doing")
    void startsTooLate() {
        var failure = assertThrows(ServerProcess.TooSlow.class,
                () -> ServerProcess.start(List.of("sh", "-c", "echo loading >&2; exec sleep 600"),
                        ProcessBuilder.Redirect.DISCARD, Duration.ofSeconds(3)));
        assertEquals("it did not start within 3 s. It said: loading", failure.getMessage());
    }

    @Test
    @DisplayName("A server that prints what the log does not have is named, with the line that it printed")
    void brokenContract() {
        var run = new Run("some", Experiment.ours().work(TestExecutors.Prints.class),
                Load.sequential(Server.Mode.sync, 1), null).titled("Some framework");
        run.take(new Laboratory.Settings(folder, Duration.ofMillis(100), false, false, false,
                Script.quick(), "", _ -> {}), folder);
        var failure = assertThrows(IllegalStateException.class, run::log);
        assertEquals("the run some failed: Some framework printed neither the end of a task nor a server's message: "
                + "Hello, I am a framework", failure.getMessage());
    }

    // ---- The order of waiting tasks, on logs made by hand: request, index, queued, started and ended in seconds

    @ParameterizedTest(name = "Of {0} requests with the tasks {1}, waiting ones run: {2}")
    @CsvSource(delimiter = ';', value = {
            "2; 0 0 0 0 1, 1 0 0 0 1, 0 1 1 1 2; none waits",
            "3; 0 0 0 0 1, 1 0 0.1 1 2, 2 0 0.2 2 3, 0 1 1 3 4; FIFO",
            "2; 0 0 0 0 1, 1 0 0.1 1 2, 0 1 1 2 3; too few to tell",
            "4; 0 0 0 0 1, 1 0 0.1 3 4, 2 0 0.2 1 2, 3 0 0.3 2 3; in no fixed order",
            "3; 0 0 0 0 1, 2 0 0.2 1 2, 1 0 0.1 2 3, 2 1 2 3 4; LIFO",
            "3; 0 0 0 0 1, 0 1 1 1 2, 0 2 2 2 3; a request's own next task first",
            "3; 0 0 0 0 1, 1 0 0 1 2, 0 1 1 2 3, 2 0 0 3 4; in no fixed order"})
    void order(int requests, String tasks, String order) {
        var log = Stream.of(tasks.split(", "))
                .map(task -> Stream.of(task.split(" ")).mapToDouble(Double::parseDouble).toArray())
                .map(n -> new Run.Task((int) n[0], (int) n[1], 1, 0, micros(n[2]), micros(n[3]), micros(n[4]), "ok"))
                .toList();
        assertEquals(order, Queueing.order(log, requests, 1_000_000));
    }

    private static long micros(double seconds) {
        return Math.round(seconds * 1e6);
    }
}
