import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Peers")
class PeerTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("FastAPI, at least six peers on the JVM and Express are there, and each file says what the lab and a reader need")
    void all() {
        var peers = Peer.all();
        assertTrue(peers.stream().map(Peer::name).collect(Collectors.toSet()).containsAll(
                Set.of("fastapi", "express", "SpringBoot", "Quarkus", "Micronaut", "Helidon", "Vertx", "CommonPool")), peers::toString);
        for (var peer : peers) {
            for (var word : List.of("Peer", "Plateau", "Run it")) assertFalse(peer.says(word).isEmpty(), peer.name() + " lacks: " + word);
            assertTrue(peer.plateau(300) > 0 && !peer.decides().isEmpty(), peer.name());
            assertTrue(peer.file().toString().endsWith(".java") || !peer.says("Install").isEmpty(), peer.name() + " does not say how to install it");
        }
    }

    @ParameterizedTest(name = "{0}: {1} of 300 requests on 8 CPUs, decided by {2}")
    @CsvSource(delimiter = ';',
            value = {"8: a.b; 8; a.b", "16 on 8 CPUs, 2 x CPUs: a.b; 16; 2 x CPUs: a.b", "none: a thread each; 300; a thread each"})
    void plateau(String text, int plateau, String decides) throws Exception {
        var peer = new Peer(Files.writeString(folder.resolve("Some.java"), "/*\n * Peer       Some\n * Plateau    %s\n */\n".formatted(text)));
        assertEquals(plateau, peer.plateau(300));
        assertEquals(decides, peer.decides());
    }

    @Test
    @DisplayName("A peer that lacks its libraries is named, with the command that installs them")
    void missing() throws Exception {
        var peer = new Peer(
                Files.writeString(folder.resolve("some.py"), "\"\"\"\nInstall    apt install python3-some\n\"\"\"\nimport no_such_library\n"));
        assertEquals("some.py is not installed: apt install python3-some",
                assertThrows(IOException.class, () -> peer.command(8)).getMessage().replace(peer.name(), "some.py"));
    }

    @ParameterizedTest(name = "{0} tells its options when asked, and refuses {1} with exit code 2 and one line")
    @CsvSource({"CommonPool, --task-time soon", "CommonPool, --ports 1", "CommonPool, --port", "CommonPool, --tasks 0", "express, --task-time 3",
            "express, --tasks 0", "express, --ports 1", "fastapi, --task-time 3", "fastapi, --tasks 0"})
    void options(String name, String misuse) throws Exception {
        var command = start(name);
        try (var help = Script.command(Path.of("."), Map.of(), Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new))) {
            assertEquals(0, help.exitCode(), help.err()::toString);
            assertTrue(String.join(" ", help.out()).contains("--task-time"), help.out()::toString);
        }
        var wrong = Stream.concat(command.stream(), Stream.of(misuse.split(" "))).toArray(String[]::new);
        try (var refused = Script.command(Path.of("."), Map.of(), wrong)) {
            assertEquals(2, refused.exitCode(), refused.err()::toString);
            assertTrue(refused.err().stream().noneMatch(line -> line.matches("\\s+at .*")), refused.err()::toString);
        }
    }

    private static List<String> start(String name) throws InterruptedException {
        try {
            return Peer.named(name).command(8);
        } catch (IOException missing) {
            return Assumptions.abort(missing.getMessage());
        }
    }

    @Test
    @DisplayName("A peer that breaks the contract is named, with the line that broke it")
    void brokenContract() throws Exception {
        var peer = new Peer(Files.writeString(folder.resolve("Broken.java"), """
                %sSOURCES %s
                import peers.Contract;

                class Broken {
                    static void main(String... args) throws Exception {
                        System.out.println("Hello, I am a framework");
                        CommonPool.main(args);
                    }
                }
                """.formatted("//", Peer.FOLDER.resolve("CommonPool.java").toAbsolutePath())));
        var results = Run.results;
        Run.results = folder;
        try {
            var failure = assertThrows(IllegalStateException.class, () -> Run.peer(peer).requests(server.Mode.async, 1).stoppedWhileBusy().log());
            assertTrue(failure.getMessage().contains(peer.file() + ") failed: it broke the contract: line 1 of what it printed"),
                    failure.getMessage());
            assertTrue(failure.getMessage().endsWith(": Hello, I am a framework"), failure.getMessage());
        } finally {
            Run.results = results;
        }
    }

    // ---- The order of waiting tasks, on logs made by hand: request, index, queued, started and ended in seconds

    @ParameterizedTest(name = "Of {0} requests with the tasks {1}, waiting ones run: {2}")
    @CsvSource(delimiter = ';', value = {
            "2; 0 0 0 0 1, 1 0 0 0 1, 0 1 1 1 2; none waits",
            "3; 0 0 0 0 1, 1 0 0 1 2, 2 0 0 2 3, 0 1 1 3 4; oldest first",
            "3; 0 0 0 0 1, 2 0 0.2 1 2, 1 0 0.1 2 3, 2 1 2 3 4; newest first",
            "3; 0 0 0 0 1, 0 1 1 1 2, 0 2 2 2 3; a request's own next task first",
            "3; 0 0 0 0 1, 1 0 0 1 2, 0 1 1 2 3, 2 0 0 3 4; in no fixed order"})
    void order(int requests, String tasks, String order) {
        var log = Stream.of(tasks.split(", ")).map(task -> Stream.of(task.split(" ")).mapToDouble(Double::parseDouble).toArray())
                .map(n -> new Run.Task((int) n[0], (int) n[1], 1, 0, micros(n[2]), micros(n[3]), micros(n[4]))).toList();
        assertEquals(order, Atlas.order(log, requests, 1_000_000));
    }

    private static long micros(double seconds) {
        return Math.round(seconds * 1e6);
    }
}
