import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.partition.impl.InternalPartitionImpl;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.partition.Partition;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the executor promises beside E19. */
@Tag("peers")
@DisplayName("The Hazelcast executor")
class HazelcastTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("What ran on a member that is killed runs again; every task ends, on a slot that its row names")
    void killed() throws Exception {
        var lab = new Laboratory.Settings(folder, Duration.ofSeconds(3), false, false, false,
                Script.quick(), "", _ -> {});
        var rows = Cluster.run(lab, HazelcastExecutor.class, HazelcastExecutor.Remote.class, Duration.ofSeconds(3),
                cluster -> {
                    var member = cluster.join();
                    cluster.send(48);
                    while (Files.notExists(cluster.events) || !Files.readString(cluster.events).contains(",201,"))
                        Thread.sleep(20);
                    member.close(); // kill -9
                });
        assertEquals(IntStream.range(0, 48).boxed().toList(), rows.stream().map(Model.Row::request).sorted().toList());
        for (var row : rows) assertTrue(row.thread() / 100 <= 2 && row.thread() % 100 <= 12, row::toString);
        var onTheKilled = rows.stream().filter(row -> row.thread() > 200).count();
        assertTrue(0 < onTheKilled && onTheKilled < 24, onTheKilled + " of its two rounds of twelve ended");
    }

    @ParameterizedTest(
            name = "It says how many members there are and nothing else; the server ends when its tasks have "
                    + "ended; an older run''s rows are gone: {0}")
    @ValueSource(strings = {"events.csv", "new/events.csv"})
    void quiet(String file) throws Exception {
        var events = folder.resolve(file);
        if (Files.exists(events.getParent())) Files.writeString(events, "of an older run\n");
        var options = List.of("-Dcluster.name=test-" + UUID.randomUUID(), "-Dcluster.task.millis=10",
                "-Dcluster.events=" + events);
        try (var server = Script.start(options, "Server", "--port", 0, "--executor", "class:HazelcastExecutor",
                "--work", "class:HazelcastExecutor$Remote")) {
            Load.send(server.url(), 0, 2, 1, _ -> {});
            server.signal("TERM");
            assertEquals(0, server.exitCode(), () -> "" + server.err());
            assertEquals(6, server.out().stream().filter(line -> line.endsWith("sync end")).count());
            for (var line : server.out())
                assertTrue(line.matches("main thread: \\d+|INFO:     .* 200 OK|.* \\[\\d+]\\d sync end"), line);
            for (var line : server.err()) assertTrue(line.startsWith("INFO:     "), line);
        }
        assertEquals(6, Log.read(events, null).tasks().rowCount());
    }

    @ParameterizedTest(name = "{0} starts no member: exit code {1}")
    @CsvSource({"--help, 0", "--port, 2"})
    void arguments(String argument, int code) throws Exception {
        try (var member = Script.start("HazelcastExecutor", argument)) {
            assertEquals(code, member.exitCode());
            assertTrue(member.err().getFirst().startsWith("Usage: "), member.err()::toString);
        }
    }

    @Test
    @DisplayName("Between two hosts (network namespaces), as hazelcast-hosts.md says: 24 tasks run concurrently")
    void hosts() throws Exception {
        var a = "a" + ProcessHandle.current().pid();
        var b = "b" + ProcessHandle.current().pid();
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")) && sh("ip netns add " + a) == 0,
                "needs root on Linux");
        var events = folder.resolve("hosts.csv");
        var options = List.of("-Dcluster.name=test-" + UUID.randomUUID(), "-Dcluster.members=10.14.0.1,10.14.0.2",
                "-Dcluster.task.millis=1000", "-Dcluster.events=" + events);
        try {
            assertEquals(0, sh("""
                    ip netns add %2$s && ip link add v%1$s netns %1$s type veth peer name v%2$s netns %2$s
                    ip -n %1$s addr add 10.14.0.1/24 dev v%1$s && ip -n %2$s addr add 10.14.0.2/24 dev v%2$s
                    for n in %1$s %2$s; do ip -n $n link set lo up; ip -n $n link set v$n up; done""".formatted(a,
                    b)));
            try (var server =
                    inside(a, options, "-Dcluster.address=10.14.0.1", "Server", "--port", "0", "--tasks", "1",
                            "--host", "10.14.0.1", "--executor", "class:HazelcastExecutor", "--work",
                            "class:HazelcastExecutor$Remote")) {
                var url = "" + server.url();
                try (var member = inside(b, options, "-Dcluster.address=10.14.0.2", "HazelcastExecutor")) {
                    assertEquals("10.14.0.2", URI.create(member.awaitErr("INFO: .* (tcp:\\S+) .*")).getHost());
                    try (var client =
                            inside(b, List.of(), "-Dfile.encoding=UTF-8", "Client", "0", "48", "--url", url)) {
                        assertEquals(0, client.exitCode(), () -> "" + client.err());
                    }
                    server.signal("TERM");
                    assertEquals(0, server.exitCode(), () -> "" + server.err());
                }
            }
            assertEquals(24, Log.read(events, null).highest());
        } finally {
            sh("ip netns del %s; ip netns del %s".formatted(a, b));
        }
    }

    record Fails(boolean really) implements Callable<Integer>, Serializable {
        @Override
        public Integer call() {
            if (really) throw new IllegalStateException("as it should");
            return 1;
        }
    }

    /** No member knows it. */
    record Unknown() implements Callable<Integer>, Serializable {
        @Override
        public Integer call() { return 1; }
    }

    @Test
    @DisplayName("A member's error reaches the submitter; what arrived while its partition moved runs later")
    void errors() throws Exception {
        var config = HazelcastExecutor.config(Fails.class).setClusterName("test-" + UUID.randomUUID());
        var submitter = Hazelcast.newHazelcastInstance(config);
        var member = Hazelcast.newHazelcastInstance(config);
        try {
            while (!member.getPartitionService().isClusterSafe()) Thread.sleep(20);
            var address = member.getCluster().getLocalMember();
            IntFunction<Partition> partition = member.getPartitionService()::getPartition;
            int key = IntStream.iterate(0, each -> each + 1)
                    .filter(each -> address.equals(partition.apply(each).getOwner())).findFirst().orElseThrow();
            var moving = (InternalPartitionImpl) ((HazelcastInstanceProxy) member).getOriginal().node.partitionService
                    .getPartition(partition.apply(key).getPartitionId());
            var pool = submitter.getExecutorService("pool");

            assertTrue(moving.setMigrating());
            var later = pool.submitToKeyOwner(new Fails(false), key);
            assertThrows(TimeoutException.class, () -> later.get(200, TimeUnit.MILLISECONDS));
            moving.resetMigrating();
            assertEquals(1, later.get(30, TimeUnit.SECONDS));

            var fails = pool.submitToMember(new Fails(true), address);
            var why = assertThrows(ExecutionException.class, () -> fails.get(30, TimeUnit.SECONDS));
            assertEquals("as it should", why.getCause().getMessage(), why::toString);
            var refused = pool.submitToMember(new Unknown(), address);
            why = assertThrows(ExecutionException.class, () -> refused.get(30, TimeUnit.SECONDS));
            assertInstanceOf(HazelcastSerializationException.class, why.getCause());
        } finally {
            submitter.getLifecycleService().terminate();
            member.getLifecycleService().terminate();
        }
    }

    static int sh(String commands) throws Exception {
        return new ProcessBuilder("sh", "-c", commands).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    /** Starts a script in a network namespace. */
    private Script inside(String host, List<String> options, String option, String... script) throws IOException {
        var jvm = Stream.concat(options.stream(), Stream.of(option)).toList();
        var command = Script.java(jvm, script[0], (Object[]) Arrays.copyOfRange(script, 1, script.length)).command();
        return Script.command(folder, Map.of(), Stream.concat(Stream.of("ip", "netns", "exec", host),
                command.stream()).toArray(String[]::new));
    }
}
