import module java.base;
import module java.management;

/**
 * What a reader needs to judge or repeat a run; {@code NAME.json} beside {@code NAME.csv}.
 *
 * @param client     the command that sends the requests; a comment (#) where none does
 * @param taskTime   ISO-8601; null where nobody knows when a task is due
 * @param cpusSeen   the CPUs that the server saw
 * @param mainThread the thread that every endpoint reported as its own; 0 if there was none, or more than one
 * @param about      what a peer says of itself; null for our own server
 * @param stop       what became of the tasks when the server was stopped while they waited; null if it was not
 * @param figures    that were noted while it ran, by a name with a unit
 * @param busy       the share of the CPUs, 0 to 1, that others used when the run began
 */
record Manifest(String server, String client, String taskTime, int cpusSeen, long mainThread, Peer.About about,
        Stop stop, SequencedMap<String, Double> figures, double busy, Machine machine) {

    /** SIGTERM, the milliseconds until the server had ended (null if it was killed), its answers until then. */
    record Stop(String moment, Long endedAfterMillis, int answered) {}

    /** What a run happened on. */
    record Machine(String cpu, int cpus, String memory, String system, String jdk, String time, String commit,
            String tree) {

        static Machine now() {
            var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Machine(
                    Proc.first(Path.of("/proc/cpuinfo"), "model name\\s*: (.*)").orElse(System.getProperty("os.arch")),
                    Runtime.getRuntime().availableProcessors(),
                    "%d GiB".formatted(Math.round(system.getTotalMemorySize() / 1073741824.0)),
                    System.getProperty("os.name") + " " + System.getProperty("os.version"),
                    System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                    Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                    git(Proc.house(), "rev-parse", "HEAD").orElse("unknown"),
                    git(Proc.house(), "status", "--porcelain", "--untracked-files=no", "--", ":!results")
                            .map(changes -> changes.isEmpty() ? "clean" : "changed").orElse("unknown"));
        }

        /** What git says of the clone in this folder; empty if that is none, also where it lies in another project. */
        static Optional<String> git(Path house, String... arguments) {
            if (!Files.exists(house.resolve("experiments/lab.java")) || !Files.exists(house.resolve(".git")))
                return Optional.empty();
            try {
                var process = new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments)).toList())
                        .directory(house.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
                var output = new String(process.getInputStream().readAllBytes()).strip();
                return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
            } catch (IOException | InterruptedException noGit) {
                return Optional.empty();
            }
        }
    }

    /** Reads NAME.json; an IOException says what is wrong with it. */
    static Manifest read(Path file) throws IOException {
        return Verdict.JSON.readValue(file.toFile(), Manifest.class);
    }
}
