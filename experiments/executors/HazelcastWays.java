///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Submits tasks to a Hazelcast cluster in three ways, and writes down when each of them ran
//JAVA 25+
//SOURCES HazelcastExecutor.java
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow
//MAIN HazelcastWays

/*
 * Run it       jbang experiments/executors/HazelcastWays.java
 *              in each of two terminals, for two members. In a third, which submits:
 *              touch runs.csv && jbang experiments/executors/HazelcastWays.java "$PWD/runs.csv"
 *
 * Each run of a task appends process,way,number,submitted,start when it starts, and the same line with its end
 * when it ends (microseconds since 1970). A run that was killed has only the first line.
 */

import module java.base;

class HazelcastWays {

    static final int TO_MEMBER = 0, SUBMIT = 1, DURABLE = 2; // ways
    static final int TASKS = 36, MILLIS = 2_000; // in each way; what a task takes

    static void main(String... file) throws Exception {
        var hazelcast = HazelcastExecutor.join(Task.class);
        while (!hazelcast.getPartitionService().isClusterSafe()) Thread.sleep(20); // copies are where they belong
        var members = List.copyOf(hazelcast.getCluster().getMembers());
        var pool = hazelcast.getExecutorService("pool");
        var durable = hazelcast.getDurableExecutorService("durable");
        var tasks = new ArrayList<Future<Boolean>>();
        for (var n = 0; n < TASKS && file.length > 0; n++) {
            var now = HazelcastExecutor.now();
            tasks.add(pool.submitToMember(new Task(TO_MEMBER, n, now, file[0]), members.get(n % members.size())));
            tasks.add(pool.submit(new Task(SUBMIT, n, now, file[0])));
            tasks.add(durable.submit(new Task(DURABLE, n, now, file[0])));
        }
        var address = hazelcast.getCluster().getLocalMember().getSocketAddress();
        System.err.printf("INFO:     In the cluster as tcp:/%s, submitted %d tasks%n", address, tasks.size());
        for (var task : tasks) try {
            task.get();
        } catch (ExecutionException lost) {
            System.err.println("ERROR:    " + lost.getMessage());
        }
        if (file.length > 0) System.exit(0);
    }

    /** The runs in a file: process, way, number, submitted, start; and when they ended, or -1. */
    static SequencedMap<List<Long>, Long> runs(Path file) throws IOException {
        var ends = new LinkedHashMap<List<Long>, Long>();
        for (var line : Files.readAllLines(file)) {
            var cells = Stream.of(line.split(",")).map(Long::valueOf).toList();
            ends.merge(cells.subList(0, 5), cells.size() > 5 ? cells.get(5) : -1, Math::max);
        }
        return ends;
    }

    /** A run of it appends a line to the file when it starts, and one when it ends. */
    record Task(int way, int number, long submitted, String file) implements Callable<Boolean>, Serializable {
        @Override
        public Boolean call() throws Exception {
            var started = "%d,%d,%d,%d,%d".formatted(ProcessHandle.current().pid(), way, number, submitted,
                    HazelcastExecutor.now());
            write(started);
            Thread.sleep(MILLIS);
            write(started + "," + HazelcastExecutor.now());
            return true;
        }

        private void write(String line) throws IOException {
            Files.writeString(Path.of(file), line + "\n", StandardOpenOption.APPEND);
        }
    }
}
