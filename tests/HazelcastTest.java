import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** What the executor promises beside E19. */
@DisplayName("The Hazelcast executor")
class HazelcastTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("What ran on a member that is killed runs again; every task ends, on a slot that its row names")
    void killed() throws Exception {
        var lab = new Laboratory.Settings(folder, Duration.ofSeconds(1), false, false, false,
                Script.quick(System.getProperty("java.class.path")), "", _ -> {});
        var rows = Cluster.run(lab, HazelcastExecutor.class, HazelcastExecutor.Remote.class, Duration.ofSeconds(1),
                cluster -> {
                    var member = cluster.join();
                    cluster.send(48);
                    while (Files.notExists(cluster.events) || !Files.readString(cluster.events).contains(",201,"))
                        Thread.sleep(20);
                    member.close(); // kill -9, while it runs its second round
                });
        assertEquals(IntStream.range(0, 48).boxed().toList(), rows.stream().map(Model.Row::request).sorted().toList());
        var slots =
                IntStream.concat(IntStream.rangeClosed(101, 112), IntStream.rangeClosed(201, 212)).boxed().toList();
        assertEquals(slots, rows.stream().map(Model.Row::thread).distinct().sorted().toList());
        assertTrue(rows.stream().filter(row -> row.thread() > 200).count() < 24, "it ran its second round");
    }

    @Test
    @DisplayName("It says nothing of its own, and the server ends when its tasks have ended")
    void quiet() throws Exception {
        var options = List.of("-Dcluster.name=test-" + UUID.randomUUID(), "-Dcluster.task.millis=10");
        try (var server = Script.start(options, "Server", "--port", 0, "--executor", "class:HazelcastExecutor",
                "--work", "class:HazelcastExecutor$Remote")) {
            Client.send(URI.create(server.awaitErr("INFO:     Listening on (\\S+) .*")), 0, 2, 1, _ -> {});
            server.signal("TERM");
            assertEquals(0, server.exitCode(), () -> "" + server.err());
            assertEquals(6, server.out().stream().filter(line -> line.endsWith("sync end")).count());
            for (var line : server.out())
                assertTrue(line.matches("main thread: \\d+|INFO:     .* 200 OK|.* \\[\\d+]\\d sync end"), line);
            for (var line : server.err()) assertTrue(line.startsWith("INFO:     "), line);
        }
    }
}
