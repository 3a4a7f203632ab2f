import module java.base;

/** A server whose executor is a cluster, and the other members: processes that never outlive the lab. */
final class Cluster implements AutoCloseable {

    private final String name = "-Dcluster.name=lab-" + UUID.randomUUID();
    private final Class<?> executor; // whose main is a member
    private final List<String> java; // options of their JVMs
    final Path events; // a row a task that has ended
    private final Queue<ServerProcess> processes = new ConcurrentLinkedQueue<>();
    private final ServerProcess server;

    /** What happens while the server runs. */
    interface Story {
        void tell(Cluster cluster) throws Exception;
    }

    /** Starts the server, the first member; plays the story, waits for all tasks, and returns their rows. */
    static List<Model.Row> run(Laboratory.Settings lab, Class<? extends Supplier<ExecutorService>> executor,
            Class<? extends Runnable> work, Duration taskTime, Story story) throws Exception {
        try (var cluster = new Cluster(lab, executor, work, taskTime)) {
            Load.warmUp(cluster.server.url());
            story.tell(cluster);
            cluster.server.stop(ServerProcess.PATIENCE);
            return cluster.rows();
        }
    }

    private Cluster(Laboratory.Settings lab, Class<? extends Supplier<ExecutorService>> executor,
            Class<? extends Runnable> work, Duration taskTime) throws Exception {
        this.executor = executor;
        java = lab.java();
        events = lab.folder().resolve("events-" + UUID.randomUUID() + ".csv");
        var target = Experiment.ours().tasks(1).executor(executor).work(work)
                .jvm(name, "-Dcluster.events=" + events, "-Dcluster.task.millis=" + taskTime.toMillis());
        server = start(target.command(java), List.of("--port", "0"));
    }

    /** Starts one more member and waits until it has joined. */
    ServerProcess join() {
        try {
            return start(List.of(Proc.jdk("java")), java, List.of(name, executor.getName()));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @SafeVarargs
    private ServerProcess start(List<String>... command) throws IOException, InterruptedException {
        var process = ServerProcess.start(Stream.of(command).flatMap(List::stream).toList());
        processes.add(process);
        return process;
    }

    /** Sends sync requests one after the other, as client.java does. */
    void send(int requests) throws Exception {
        Load.sequential(Server.Mode.sync, requests).sender().send(server.url(), new HashMap<>());
    }

    /** What the server's executor wrote. */
    private List<Model.Row> rows() throws IOException {
        var log = Log.read(events, null);
        var begun = log.begun();
        return log.tasks().stream().map(row -> new Model.Row(row.getInt("request"), 0, "sync",
                (int) row.getLong("thread"), row.getLong("received") - begun, row.getLong("queued") - begun,
                row.getLong("started") - begun, row.getLong("ended") - begun)).toList();
    }

    @Override
    public void close() throws IOException {
        processes.forEach(ServerProcess::close);
        Files.deleteIfExists(events);
    }
}
