import module java.base;
import java.nio.file.attribute.BasicFileAttributes;
import sun.misc.Signal;

/** Shows a log while it is written: one block in the terminal, drawn again a few times a second. */
final class Follow {

    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final int WIDE = 32; // letters of the longest bar, so that a line has 79 at most
    private static final int ARTICLE = 2; // the last index of a request's tasks
    private static final String NO_WRAP = "\u001b[?7l", WRAP = "\u001b[?7h"; // where a terminal is narrower than that

    private final Path file;
    private final CopyOnWriteArrayList<Path> copies; // of the file, and of each that took its place
    private final PrintWriter out;
    private final boolean terminal, piped;
    private final Duration taskTime;
    private volatile long bytes; // that were copied
    private volatile boolean over, interrupted;
    private volatile IOException broken;
    private int drawn; // lines of the block

    private Follow(Path file, Duration taskTime, PrintWriter out) throws IOException, InterruptedException {
        this.file = file;
        this.copies = new CopyOnWriteArrayList<>(List.of(Source.temporary(".log")));
        this.terminal = Bar.isErrATerminal();
        this.piped = Source.isPipe(file);
        this.taskTime = taskTime;
        this.out = out;
    }

    /**
     * Follows a log to its end: the end of a pipe, or Ctrl-C. Without a terminal it shows the last block alone.
     *
     * @param file a log, or - for standard input
     */
    static Source run(Path file, Duration taskTime, PrintWriter out) throws IOException, InterruptedException {
        if (!Source.exists(file)) throw Source.missing(file);
        var follow = new Follow(file, taskTime, out);
        var in = Source.open(file);
        var before = Signal.handle(new Signal("INT"), follow::interrupt);
        out.println("Following %s %s".formatted(Source.named(file),
                follow.piped ? "to its end (Ctrl-C twice ends it sooner)." : "(Ctrl-C ends it)."));
        try {
            Thread.ofPlatform().daemon().start(() -> follow.copy(in));
            follow.watch();
        } finally {
            Signal.handle(new Signal("INT"), before);
        }
        if (follow.broken != null) throw follow.broken;
        return follow.source();
    }

    /** What came so far, by the log's own name, so that the manifest beside it is found. */
    private Source source() {
        var parts = List.copyOf(copies);
        return new Source(Source.named(file), parts, parts.size() == 1 ? List.of()
                : List.of("It was rotated or truncated while it was followed, and is read from %d files."
                        .formatted(parts.size())));
    }

    /** Ctrl-C reaches both ends of a pipe: the first one leaves the other end the time to say its last. */
    private void interrupt(Signal signal) {
        over = interrupted;
        interrupted = true;
    }

    /** Copies a pipe to its end; a file, and each that takes its place, to its end after Ctrl-C. */
    private void copy(InputStream in) {
        try {
            for (var next = in; next != null;)
                next = copy(next, bytes == 0 ? copies.getFirst() : Source.temporary(".log"));
        } catch (IOException e) {
            broken = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over = true;
        }
    }

    /** Copies line after line, in whatever letters, also packed; returns what to copy next, or null. */
    private InputStream copy(InputStream in, Path copy) throws IOException, InterruptedException {
        try (in; var to = Files.newOutputStream(copy)) {
            var key = piped ? null : Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            var lines = new ByteArrayOutputStream(); // of a file that grows, the last one may be half written
            var buffer = new byte[1 << 16];
            var next = (InputStream) null; // after a last look into this one
            for (var length = 0L;;) {
                var last = piped || interrupted || next != null; // asked before the read, so that nothing is missed
                var read = in.read(buffer);
                var whole = Math.max(0, read);
                while (whole > 0 && buffer[whole - 1] != '\n') whole--;
                lines.write(buffer, 0, whole);
                if ((whole > 0 || read < 0 && last) && lines.size() > 0) {
                    lines.writeTo(to);
                    copies.addIfAbsent(copy);
                    bytes += lines.size();
                    lines.reset();
                }
                if (read < 0 && last) return next;
                if (read < 0 && (next = successor(key, length)) == null) Thread.sleep(BETWEEN);
                if (read > 0) lines.write(buffer, whole, read - whole);
                length += Math.max(0, read);
            }
        }
    }

    /** The file that took its place, once that is written, or itself if it was cut off; null if it goes on. */
    private InputStream successor(Object key, long length) {
        try {
            var now = Files.readAttributes(file, BasicFileAttributes.class);
            var goesOn = Objects.equals(now.fileKey(), key) ? now.size() >= length : now.size() == 0;
            return goesOn ? null : Source.open(file);
        } catch (IOException notYet) {
            return null;
        }
    }

    private void watch() throws InterruptedException {
        for (long seen = 0, begun = 0;; Thread.sleep(BETWEEN.plusNanos(3 * (System.nanoTime() - begun)))) {
            var last = over;
            begun = System.nanoTime(); // a large log takes long to draw, and this is the machine that is measured
            if (seen < bytes && (terminal || last)) {
                seen = bytes;
                try {
                    draw();
                } catch (IOException noEndYet) { // or half of a packed log
                }
            }
            if (last) return;
        }
    }

    private void draw() throws IOException {
        var log = Log.read(source(), Analyze.FORMS, taskTime);
        var steps = log.steps();
        var moment = steps.getLast().at() - log.micros(); // all that ran then has ended
        var then = steps.stream().takeWhile(step -> step.at() <= moment).reduce((_, step) -> step)
                .orElse(steps.getFirst());
        var known = log.known().queues();
        var requests = known || !log.form().equals("lines") ? new Requests(0, 0, 0) : Requests.in(source());
        var queued = known ? then.waiting() : Math.max(0, requests.queuedAtMost - then.inFlight());
        var ago = Words.number(log.micros() / 1e6) + " s before the last end";
        var scale = Math.max(1, Math.max(log.highest(), queued));
        var block = new ArrayList<String>();
        block.add("in flight  %s %d  (%s)".formatted(bar(then.inFlight(), scale), then.inFlight(), ago));
        if (known || requests.answered > 0) // else the log does not tell
            block.add("queued     %s %d".formatted(bar(queued, scale), queued));
        if (requests.answered > 0)
            block.add("           answered requests that run no task and have not ended task " + requests.last);
        block.add("highest    %d".formatted(log.highest()));
        block.add("plateau    %d so far".formatted(log.plateau()));
        block.add("ended      %s".formatted(Words.count(log.tasks().rowCount(), "task")));
        out.print(terminal ? NO_WRAP + (drawn > 0 ? "\u001b[%dA".formatted(drawn) : "")
                + String.join("\u001b[K\n", block) + "\u001b[K\n" + WRAP : String.join("\n", block) + "\n");
        out.flush();
        drawn = block.size();
    }

    private static String bar(int tasks, int scale) {
        return "█".repeat((int) Math.round((double) WIDE * tasks / scale));
    }

    /**
     * What a log for people says of its requests.
     *
     * @param answered     how many were
     * @param last         the index of a request's last task
     * @param queuedAtMost how many of them have not ended it
     */
    private record Requests(int answered, int last, int queuedAtMost) {

        /**
         * A request that has ended its last task is not queued. The last is the article's index 2, or the highest seen
         * if that is higher. If requests that were answered after the highest was first seen have ended a task, and
         * none has gone beyond it, the highest is the last; this assumes FIFO.
         */
        static Requests in(Source source) throws IOException {
            var ends = new TreeMap<Integer, Integer>(); // by index
            int answered = 0, answeredBefore = 0; // the first end of the highest index
            for (var part : source.parts()) try (var text = Source.text(part)) {
                for (var line = text.readLine(); line != null; line = text.readLine()) {
                    var plain = Lines.plain(line);
                    if (Lines.ANSWERED.matcher(plain).find()) answered++;
                    for (var end = Lines.END.matcher(plain); end.find();) try {
                        var index = Integer.parseInt(end.group(3));
                        if (ends.isEmpty() || index > ends.lastKey()) answeredBefore = answered;
                        ends.merge(index, 1, Integer::sum);
                    } catch (NumberFormatException impossible) { // as Lines has it
                    }
                }
            }
            var highest = ends.isEmpty() ? 0 : ends.lastKey();
            var last = ends.getOrDefault(0, 0) > answeredBefore ? highest : Math.max(ARTICLE, highest);
            return new Requests(answered, last, answered - ends.getOrDefault(last, 0));
        }
    }
}
