import module java.base;
import jdk.jfr.consumer.*;
import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import tech.tablesaw.api.Table;

/**
 * Reads the calls of a method from a recording of the JDK's Flight Recorder: the events jdk.MethodTrace of Java 25 and
 * later. A call is a task, unless it was made within another; its thread is the one that ran it.
 *
 * @param method CLASS::METHOD, if the recording holds calls of several; null: whatever it holds
 */
record Jfr(String method) implements Form {

    private static final String EVENT = "jdk.MethodTrace", SUBMIT = "ThreadPoolExecutor::execute";
    private static final int START = 32; // where a recording says when its first chunk began, in nanoseconds
    private static final Duration CHUNK = Duration.ofMillis(500); // a recording without its first one lacks more
    private static final long NO_NAME = 1L << 61; // threads without an id of Java's are numbered from here on

    @Override
    public String name() {
        return "jfr";
    }

    @Override
    public String example() {
        return "a recording (.jfr) with events " + EVENT;
    }

    @Override
    public boolean fits(byte[] bytes, String line) {
        return Arrays.equals(bytes, new byte[]{'F', 'L', 'R', 0});
    }

    /** What was gathered while reading; calls by method, in nanoseconds until {@link #outermost}. */
    private static final class Calls {
        final Map<String, Table> byMethod = new TreeMap<>();
        final LongArrayList submitted = new LongArrayList();
        final Map<Long, String> threadNames = new HashMap<>();
        Instant asked = Instant.MIN, first = Instant.MAX; // when our recording began, and the file's first chunk
        boolean lost;
    }

    @Override
    public Read read(Source source, Optional<TaskTime> stated) throws IOException {
        var calls = new Calls();
        for (var part : source.parts()) readPart(part, calls);
        var chosen = calls.byMethod.keySet().stream().filter(this::isChosen).toList();
        var all = calls.byMethod.entrySet().stream()
                .map(each -> "%s (%s)".formatted(each.getKey(),
                        Words.count(each.getValue().rowCount(), "call")))
                .collect(Collectors.joining(", "));
        if (chosen.isEmpty()) throw new IOException(source.file() + (calls.byMethod.isEmpty()
                ? " holds no event " + EVENT
                        + ": the method was never called, or is misspelt (a nested class is "
                        + "Outer$Inner), or the recording did not trace it"
                : " holds no call of " + method + ", but of " + all));
        if (chosen.size() > 1 && method == null)
            throw new IOException(source.file() + " holds calls of several methods; choose one with --method: " + all);
        var tasks = calls.byMethod.get(chosen.getFirst());
        for (var other : chosen.subList(1, chosen.size())) tasks.append(calls.byMethod.get(other));
        var remarks = new ArrayList<String>();
        tasks = outermost(tasks, remarks);
        var queues = waits(tasks, calls.submitted, remarks);
        var time = TaskTime.ofMeasured(tasks, stated, remarks);
        var ended = tasks.longColumn("ended");
        var shortRun = ended.max() - tasks.longColumn("started").min() < 2.0 * time.micros();
        remarks.add(
                "A call is recorded when it returns, so those that ran when the recording began or ended are missing"
                        + (shortRun
                                ? "; it lasted less than two tasks, so the plateau is a lower bound: record longer."
                                : "."));
        if (calls.lost) remarks.add("The recorder lost events, so calls are missing: record a shorter time.");
        var gap = calls.asked.equals(Instant.MIN) ? Duration.ZERO : Duration.between(calls.asked, calls.first);
        if (gap.compareTo(CHUNK) > 0)
            remarks.add("The first %s s of the recording are missing, as it reached its limit of 250 MB: record a "
                    .formatted(Words.number(gap.toMillis() / 1e3)) + "shorter time.");
        return new Read(tasks, calls.threadNames, new Known(false, queues, true), time, 0, remarks);
    }

    /** Whether it is the method that was asked for: CLASS with or without its package; @ANNOTATION is all of them. */
    private boolean isChosen(String found) {
        return method == null || method.startsWith("@") || found.equals(method) || found.endsWith("." + method);
    }

    /**
     * The calls that were not made within another on their thread. Compares nanoseconds, for many short calls fit into
     * a microsecond; leaves microseconds in the columns.
     */
    private static Table outermost(Table calls, List<String> remarks) {
        long[] started = calls.longColumn("started").asLongArray(), ended = calls.longColumn("ended").asLongArray(),
                threads = calls.longColumn("thread").asLongArray();
        var order = IntStream.range(0, started.length).toArray(); // of two that start at once, the longer comes first
        IntArrays.mergeSort(order, (one, other) -> started[one] != started[other]
                ? Long.compare(started[one], started[other])
                : Long.compare(ended[other], ended[one]));
        var outer = new Long2LongOpenHashMap(); // end by thread
        var inner = IntStream.of(order).filter(i -> {
            var end = outer.get(threads[i]);
            if (started[i] < end && ended[i] <= end) return true;
            outer.put(threads[i], ended[i]);
            return false;
        }).toArray();
        for (var name : List.of("received", "queued", "started", "ended")) {
            var column = calls.longColumn(name);
            for (var i = 0; i < started.length; i++) column.set(i, column.getLong(i) / 1_000);
        }
        if (inner.length == 0) return calls;
        remarks.add("%s not counted: made within another call on the same thread (an overload, or recursion). The "
                .formatted(inner.length == 1 ? "1 call is" : inner.length + " calls are") + "outer call is the task.");
        return calls.dropRows(inner);
    }

    private static void readPart(Path part, Calls calls) throws IOException {
        var plain = part; // the JDK reads no packed recording
        try (var bytes = Files.newInputStream(part)) {
            if (Source.isPacked(bytes.readNBytes(2))) plain = Source.temporary(".jfr");
        }
        if (plain != part) try (var bytes = Source.bytes(part)) {
            Files.copy(bytes, plain, StandardCopyOption.REPLACE_EXISTING);
        }
        try (var recording = new RecordingFile(plain); var head = new DataInputStream(Files.newInputStream(plain))) {
            head.skipNBytes(START);
            var start = Instant.EPOCH.plusNanos(head.readLong());
            if (start.isBefore(calls.first)) calls.first = start;
            while (recording.hasMoreEvents()) event(recording.readEvent(), calls);
        } catch (IOException | RuntimeException broken) {
            throw new IOException("%s is not a whole recording: %s".formatted(part, broken.getMessage()));
        }
    }

    private static void event(RecordedEvent event, Calls calls) {
        var type = event.getEventType().getName();
        calls.lost |= type.equals("jdk.DataLoss");
        if (type.equals("jdk.ActiveRecording")) { // says the same of each that runs, in each chunk of the file
            var began = event.getInstant("recordingStart");
            if (event.getString("name").startsWith(Recording.NAME) && began.isAfter(calls.asked)) calls.asked = began;
        }
        if (!type.equals(EVENT)) return;
        var traced = event.<RecordedMethod>getValue("method");
        var name = traced.getType().getName() + "::" + traced.getName();
        var started = ChronoUnit.NANOS.between(Instant.EPOCH, event.getStartTime());
        if (name.endsWith("." + SUBMIT)) {
            calls.submitted.add(started / 1_000);
            return;
        }
        var tasks = calls.byMethod.computeIfAbsent(name, _ -> Form.emptyTable());
        var thread = event.getThread();
        var id = thread == null ? NO_NAME : thread.getJavaThreadId() > 0 ? thread.getJavaThreadId()
                : NO_NAME + thread.getId();
        if (thread != null && thread.getJavaName() != null && !thread.getJavaName().isBlank())
            calls.threadNames.put(id, thread.getJavaName());
        Form.append(tasks, -1, 0, "sync", id, started, started, started,
                ChronoUnit.NANOS.between(Instant.EPOCH, event.getEndTime()), "ok");
    }

    /**
     * The n-th execute is the n-th start, if there are as many and none starts before. Events do not say of which
     * pool, so otherwise nothing is known of the queue.
     */
    private static boolean waits(Table tasks, LongArrayList submitted, List<String> remarks) {
        if (submitted.isEmpty()) return false;
        var order = Order.by(tasks.longColumn("started").asLongArray());
        submitted.sort(null);
        var fits = submitted.size() == order.length;
        for (var n = 0; fits && n < order.length; n++)
            fits = submitted.getLong(n) <= tasks.longColumn("started").getLong(order[n]);
        if (!fits)
            remarks.add(
                    "How long calls waited is not known: %s of %s do not match %s of the method. The recording began "
                            .formatted(Words.count(submitted.size(), "call"), SUBMIT,
                                    Words.count(order.length, "call"))
                            + "or ended while some were queued, or other work uses a pool, or these calls use none.");
        for (var n = 0; fits && n < order.length; n++)
            for (var column : List.of("received", "queued"))
                tasks.longColumn(column).set(order[n], submitted.getLong(n));
        return fits;
    }
}
