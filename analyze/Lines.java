import module java.base;
import tech.tablesaw.api.*;

/**
 * Reads the log for people, the article's form: an end of a task wherever it stands in a line, so that its start is
 * inferred as the end minus the task time.
 */
final class Lines implements Form {

    static final Pattern END = Pattern.compile("(?<!\\d)(\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?"
            + "(?: ?(?:Z|UTC|[+-]\\d\\d(?::?\\d\\d)?))?) \\[(\\d+)](\\d+) (sync|async) end");
    /** A line of a server, but no end: it has a level, or it is a request, the trace of a failure, or nothing. */
    private static final Pattern OTHER = Pattern.compile("main thread: \\d+"
            + "|\\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|trace|debug|info|warn|warning|error)\\b"
            + "|\"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [^\"]*\"|^\\s*$|^\\S+ +\\| *$");
    /** A request of the article's server, which leaves tasks. */
    static final Pattern ANSWERED = Pattern.compile("\"GET /\\?as_async=\\S* HTTP/[\\d.]+\" 200\\b");
    private static final Pattern COLOUR = Pattern.compile("\\x1b\\[[0-9;?]*[ -/]*[@-~]");
    private static final long BACK = 1_000_000; // microseconds; two threads that print at once differ by less

    /** A line without the colours of a terminal. */
    static String plain(String line) {
        return line.indexOf('\u001b') < 0 ? line : COLOUR.matcher(line).replaceAll("");
    }

    /** Whether a file says near its beginning that a task has ended. */
    static boolean holdsAnEnd(Path file) {
        try (var lines = Source.text(file)) {
            return lines.lines().limit(1_000).anyMatch(line -> END.matcher(line).find());
        } catch (IOException | UncheckedIOException unreadable) {
            return false;
        }
    }

    @Override
    public String name() {
        return "lines";
    }

    @Override
    public String example() {
        return "lines (2021-01-26 02:46:24.017549 [45]0 sync end)";
    }

    @Override
    public boolean fits(byte[] bytes, String line) {
        return true; // whatever is of no other form
    }

    @Override
    public Read read(Source source, Optional<TaskTime> stated) throws IOException {
        var found = new Found();
        for (var part : source.parts()) try (var text = Source.text(part)) {
            found.part = part;
            found.number = 0;
            for (var line = text.readLine(); line != null; line = text.readLine()) found.line(line);
        }
        return found.read(stated);
    }

    /** What was found so far. */
    private static final class Found {

        private final Table tasks = Form.emptyTable();
        private Path part;
        private int number, lines, skipped, answered, backs; // number: of the line in its part
        private long latest = Long.MIN_VALUE / 2, back; // back: by how much, the first time
        private String firstSkipped, firstBack;

        void line(String coloured) {
            var line = plain(coloured);
            lines++;
            number++;
            var found = END.matcher(line);
            var ends = 0;
            for (; found.find(); ends++) {
                try {
                    end(found);
                } catch (NumberFormatException impossible) { // a day, an hour or a number that cannot be
                    skip(line);
                }
            }
            if (ANSWERED.matcher(line).find()) answered++;
            else if (ends == 0 && !OTHER.matcher(line).find()) skip(line);
        }

        private String place() {
            return part.getFileName() + ", line " + number;
        }

        private void skip(String line) {
            skipped++;
            if (firstSkipped == null)
                firstSkipped = place() + ": " + (line.length() <= 100 ? line : line.substring(0, 100) + "…");
        }

        private void end(Matcher found) {
            var at = Moments.micros(found.group(1));
            var thread = Long.parseLong(found.group(2));
            var index = Integer.parseInt(found.group(3));
            Form.append(tasks, -1, index, found.group(4), thread, at, at, at, at, "ok"); // the rest is inferred
            if (at < latest - BACK) {
                backs++;
                if (firstBack == null) {
                    firstBack = place();
                    back = latest - at;
                }
                latest = at; // so that each step back is said once
            }
            latest = Math.max(latest, at);
        }

        Read read(Optional<TaskTime> stated) {
            var remarks = new ArrayList<String>();
            var repeated = Ends.dropRepeated(tasks); // before anything is counted
            var byEnd = Order.by(repeated.tasks().longColumn("ended").asLongArray());
            var shown = Ends.taskTime(repeated.tasks(), byEnd);
            var time = stated.orElse(shown.time());
            if (!tasks.isEmpty())
                remarks.add("Starts are inferred as end minus the task time: %s.".formatted(time.text()));
            if (stated.isEmpty()) remarks.addAll(shown.remarks());
            if (repeated.count() > 0)
                remarks.add(("%d sync ends repeat exactly and are counted once: the log holds them "
                        + "twice, as where two handlers print the same.").formatted(repeated.count()));
            if (repeated.asyncTwice())
                remarks.add(
                        "The log holds each async end twice. If two handlers print the same, the numbers of requests, "
                                + "tasks and tasks in flight are double: read what one of them printed.");
            if (backs > 0) remarks.add(Remarks.back(firstBack, back, backs, "the parts are in the wrong order"));
            if (4 * skipped > lines)
                remarks.add(("Skipped %d lines of %d, which hold no end of a task and are no line of a "
                        + "server; the first is %s. If those are ends, print them as %s.").formatted(skipped, lines,
                                firstSkipped,
                                "2021-01-26 02:46:24.017549 [45]0 sync end"));
            else if (skipped > 0) remarks.add("Skipped %d lines that are no line of a server; the first is %s."
                    .formatted(skipped, firstSkipped));
            if (Ends.oneByOne(repeated.tasks(), time))
                remarks.add("Async tasks ran one after the other, never two at once: "
                        + "something blocks the event loop, such as time.sleep or a blocking call in an async "
                        + "function.");
            var known = new Known(Ends.number(repeated.tasks(), answered, remarks), false, false);
            Ends.start(repeated.tasks(), time, byEnd);
            return new Read(repeated.tasks(), Map.of(), known, time, skipped, remarks);
        }
    }
}
