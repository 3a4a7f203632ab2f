import module java.base;
import sun.misc.Signal;

/** Shows a log while it is written: one block in the terminal, drawn again a few times a second. */
final class Follow {

    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final int WIDE = 60; // letters of the longest bar
    private static final int ARTICLE = 2; // the last index of a request's tasks

    private final Path copy;
    private final PrintWriter out;
    private final boolean terminal, piped;
    private final Duration taskTime;
    private final TreeMap<Integer, Integer> ends = new TreeMap<>(); // by index; this and the next belong to the reader
    private int answeredBefore; // the first end of the highest index
    private volatile int answered, last, queuedAtMost; // last: index of a request; at most: what has not ended it
    private volatile long lines;
    private volatile boolean over, interrupted;
    private volatile IOException broken;
    private int drawn; // lines of the block

    private Follow(Path copy, Duration taskTime, PrintWriter out, boolean terminal, boolean piped) {
        this.terminal = terminal;
        this.piped = piped;
        this.copy = copy;
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
        var copy = Source.temporary(".log");
        var piped = Source.isPipe(file);
        var follow = new Follow(copy, taskTime, out, Bar.isErrATerminal(), piped);
        var in = Source.open(file);
        var before = Signal.handle(new Signal("INT"), follow::interrupt);
        out.println("Following %s %s".formatted(Source.named(file),
                piped ? "to its end (Ctrl-C twice ends it sooner)." : "(Ctrl-C ends it)."));
        try {
            Thread.ofPlatform().daemon().start(() -> follow.copy(in));
            follow.watch();
        } finally {
            Signal.handle(new Signal("INT"), before);
        }
        if (follow.broken != null) throw follow.broken;
        return new Source(Source.named(file), List.of(copy), List.of());
    }

    /** Ctrl-C reaches both ends of a pipe: the first one leaves the other end the time to say its last. */
    private void interrupt(Signal signal) {
        over = interrupted;
        interrupted = true;
    }

    /** Copies line after line to the end of a pipe, or of a file after Ctrl-C. */
    private void copy(InputStream in) {
        try (var text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
                var to = Files.newBufferedWriter(copy)) {
            var line = new StringBuilder(); // of a file that grows, the last line may be half written
            while (true) {
                var last = piped || interrupted; // asked before the read, so that nothing is missed
                var letter = text.read();
                var end = last && letter < 0;
                if (letter == '\n' || end && !line.isEmpty()) {
                    to.write(line + (letter == '\n' ? "\n" : "")); // a torn line stays one
                    to.flush();
                    count(Lines.plain(line.toString()));
                    line.setLength(0);
                } else if (letter >= 0) line.append((char) letter);
                if (end) return;
                if (letter < 0) Thread.sleep(BETWEEN);
            }
        } catch (IOException e) {
            broken = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over = true;
        }
    }

    /**
     * A request that has ended its last task is not queued. The last is the article's index 2, or the highest seen if
     * that is higher. If requests that were answered after the highest was first seen have ended a task, and none has
     * gone beyond it, the highest is the last; this assumes FIFO.
     */
    private void count(String line) {
        if (Lines.ANSWERED.matcher(line).find()) answered++;
        for (var end = Lines.END.matcher(line); end.find();) try {
            var index = Integer.parseInt(end.group(3));
            if (ends.isEmpty() || index > ends.lastKey()) answeredBefore = answered;
            ends.merge(index, 1, Integer::sum);
        } catch (NumberFormatException impossible) { // as Lines has it
        }
        var highest = ends.isEmpty() ? 0 : ends.lastKey();
        last = ends.getOrDefault(0, 0) > answeredBefore ? highest : Math.max(ARTICLE, highest);
        queuedAtMost = answered - ends.getOrDefault(last, 0);
        lines++;
    }

    private void watch() throws InterruptedException {
        for (var seen = 0L;; Thread.sleep(BETWEEN)) {
            var last = over;
            if (seen < lines && (terminal || last)) {
                seen = lines;
                draw();
            }
            if (last) return;
        }
    }

    private void draw() {
        Log log;
        try {
            log = Log.read(new Source(copy, List.of(copy), List.of()), Analyze.FORMS, taskTime);
        } catch (IOException noEndYet) {
            return;
        }
        var steps = log.steps();
        var moment = steps.getLast().at() - log.micros(); // all that ran then has ended
        var then = steps.stream().takeWhile(step -> step.at() <= moment).reduce((_, step) -> step)
                .orElse(steps.getFirst());
        var queued = log.known().queues() ? then.waiting() : Math.max(0, queuedAtMost - then.inFlight());
        var ago = Words.number(log.micros() / 1e6) + " s before the last end";
        var scale = Math.max(1, Math.max(log.highest(), queued));
        var block = Stream.of("in flight  %s %d  (%s)".formatted(bar(then.inFlight(), scale), then.inFlight(), ago),
                log.known().queues() ? "queued     %s %d".formatted(bar(queued, scale), queued)
                        : answered == 0 ? "" // the log does not tell
                        : "queued     %s %d  (requests that were answered, and neither ran nor ended task %d)"
                                .formatted(bar(queued, scale), queued, last),
                "highest    %d".formatted(log.highest()), "plateau    %d so far".formatted(log.plateau()),
                "ended      %s".formatted(Words.count(log.tasks().rowCount(), "task")))
                .filter(line -> !line.isEmpty()).toList();
        if (terminal && drawn > 0) out.print("\u001b[%dA".formatted(drawn));
        for (var line : block) out.print(line + (terminal ? "\u001b[K\n" : "\n"));
        out.flush();
        drawn = block.size();
    }

    private static String bar(int tasks, int scale) {
        return "█".repeat((int) Math.round((double) WIDE * tasks / scale));
    }
}
