import module java.base;
import org.opentest4j.TestAbortedException;

/**
 * One server under one load. A lesson only describes it; the lab measures it once, before the lesson's first claim. In
 * the lesson's folder it leaves NAME.csv (the events; packed as NAME.csv.gz above 60 kB), NAME.predicted.csv, NAME.txt
 * (what the server printed) and NAME.json (the manifest).
 */
final class Run {

    /** A row of the log; moments are microseconds since 1970. */
    record Task(int request, int index, long thread, long received, long queued, long started, long ended,
            String outcome) {}

    /** What a lesson does without a server of the lab's: it may note figures by a name with a unit. */
    interface Observation {
        List<Model.Row> of(Laboratory.Settings lab, Map<String, Double> figures) throws Exception;
    }

    final String name;
    final Target target; // null where the lesson makes the rows itself
    final Load load;
    final Observation rows; // null where there is a server
    String title;
    Model model; // null if nothing is predicted
    Duration fixed, least = Duration.ZERO; // fixed is null if the lab decides
    boolean isNominal, unhurried, atScale, stoppedAmid;

    Optional<Log> prediction = Optional.empty(); // this and the next four once it is measured
    private Path folder;
    private Log log;
    private Manifest manifest;
    private RuntimeException failure;

    Run(String name, Target target, Load load, Observation rows) {
        this.name = name;
        this.target = target;
        this.load = load;
        this.rows = rows;
        this.title = name.replace('-', ' ');
    }

    // ---- Described

    /** What a reader calls it. */
    Run titled(String title) {
        this.title = title;
        return this;
    }

    /** States what an ideal machine would log, before anything is measured. */
    Run predicted(Model model) {
        this.model = model;
        return this;
    }

    /** Tasks wait this long, whatever the lab is told. */
    Run taskTime(Duration time) {
        fixed = time;
        return this;
    }

    /** Tasks take about this long; when each is due nobody knows, so none is late. */
    Run about(Duration time) {
        isNominal = true;
        return taskTime(time);
    }

    /** Tasks wait at least this long, even in a hurry: all requests are answered before the first task ends. */
    Run atLeast(Duration time) {
        least = time;
        return this;
    }

    /** Measures it only if tasks wait a second or more; in a hurry its claims are not tested. */
    Run unhurried() {
        unhurried = true;
        return this;
    }

    /** Measures it only with --scale. */
    Run atScale() {
        atScale = true;
        return this;
    }

    /** Stops the server 2.5 task times after the last answer, when some tasks run and some wait, and watches it. */
    Run stoppedAmid() {
        stoppedAmid = true;
        return this;
    }

    // ---- Measured

    /** Measures it, or reads what an earlier measurement left; whatever goes wrong is said when a claim asks. */
    void take(Laboratory.Settings lab, Path folder) {
        this.folder = folder;
        try {
            if (!lab.replay()) new Measurement(this, lab, folder).take();
            else if (Files.notExists(folder.resolve(name + ".json")))
                throw new TestAbortedException(atScale ? "only measured with --scale" : "this run was not measured");
            manifest = Manifest.read(folder.resolve(name + ".json"));
            var events = Log.read(events(), null);
            prediction = events.predicted();
            log = events;
        } catch (Peer.NotInstalled missing) {
            failure = new TestAbortedException(missing.getMessage(), missing);
        } catch (ServerProcess.TooSlow slow) {
            failure = new TestAbortedException(title + ": " + slow.getMessage(), slow);
        } catch (Exception e) {
            failure = e instanceof RuntimeException itself ? itself
                    : new IllegalStateException("the run %s failed: %s".formatted(name, e.getMessage()), e);
        }
    }

    /** Its events, packed or not. */
    Path events() {
        var packed = folder.resolve(name + ".csv.gz");
        return Files.exists(packed) ? packed : folder.resolve(name + ".csv");
    }

    /** Whether it can be asked. */
    boolean there() { return log != null; }

    // ---- Asked: each throws TestAbortedException if the run could not be measured here

    /** What the server logged. */
    Log log() {
        if (failure != null) throw failure;
        return log;
    }

    Manifest manifest() {
        if (failure != null) throw failure;
        return manifest;
    }

    /** A figure that was noted while it ran; NaN if it was not. */
    double figure(String name) {
        return manifest().figures().getOrDefault(name, Double.NaN);
    }

    /** The tasks in the order of their ends. */
    List<Task> tasks() {
        return log().tasks().stream().map(row -> new Task(row.getInt("request"), row.getInt("task"),
                row.getLong("thread"), row.getLong("received"), row.getLong("queued"), row.getLong("started"),
                row.getLong("ended"), row.getString("outcome"))).toList();
    }

    /** "0, 1, 2" if every request's tasks ran in that order without overlap; else what was seen. */
    String order() {
        var requests = tasks().stream().collect(Collectors.groupingBy(Task::request)).values();
        return requests.stream().map(tasks -> {
            var byStart = tasks.stream().sorted(Comparator.comparing(Task::started)).toList();
            var overlap = IntStream.range(1, byStart.size())
                    .anyMatch(i -> byStart.get(i).started() < byStart.get(i - 1).ended());
            return byStart.stream().map(task -> "" + task.index()).collect(Collectors.joining(", "))
                    + (overlap ? " overlapping" : "");
        }).distinct().sorted().collect(Collectors.joining(" or "));
    }

    @Override
    public String toString() { return title; }
}
