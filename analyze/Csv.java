import module java.base;
import de.siegmar.fastcsv.reader.*;

/**
 * Reads a row a task with measured moments, from {@code started,ended} to all columns of the log for programs; the
 * columns may stand in any order and beside others, with commas, semicolons or tabs. Cells become numbers without
 * becoming text.
 */
final class Csv implements Form {

    private static final String MOMENT = "a moment, such as 2024-05-14T08:55:43.010120Z";

    /** What a row may tell, and how. */
    enum Column {

        other(""), request("a number or a name; leave the column out where none is known"),
        task("a number, the index in its request"), mode("sync or async"),
        thread("a number or a name, or empty where it is not known"), received(MOMENT), queued(MOMENT),
        started(MOMENT), ended(MOMENT + ", or empty while the task runs"), outcome("ok, or the failure's class");

        private final String is;

        Column(String is) { this.is = is; }

        String must() { return this + " must be " + is; }

        boolean isMoment() { return compareTo(received) >= 0 && compareTo(ended) <= 0; }
    }

    /** Where a row stands. */
    record Place(Path part, long line) {
        @Override
        public String toString() {
            return part.getFileName() + ", line " + line;
        }
    }

    private static final long MINUTE = 60_000_000; // microseconds; less is normal where rows are sorted by request
    private static final int FEW = 3; // a clock is set back at most so often; a sorted table goes back more often
    private static final Map<String, Column> NAMES = Map.of("start", Column.started, "end", Column.ended);

    @Override
    public String name() {
        return "csv";
    }

    @Override
    public String example() {
        return "a CSV with the columns started,ended (more: " + Log.COLUMNS + ")";
    }

    @Override
    public boolean fits(byte[] bytes, String line) {
        return isHeader(line);
    }

    static boolean isHeader(String line) {
        return columns(line).containsAll(List.of(Column.started, Column.ended));
    }

    /** Whether a file begins like one. */
    static boolean begins(Path file) {
        try {
            return isHeader(Source.firstLine(file));
        } catch (IOException | UncheckedIOException unreadable) {
            return false;
        }
    }

    static char separator(String header) {
        var bare = header.replaceAll("\"[^\"]*\"", "");
        return bare.indexOf('\t') >= 0 ? '\t' : bare.indexOf(';') >= 0 ? ';' : ',';
    }

    static List<Column> columns(String header) {
        var columns = new ArrayList<Column>();
        for (var cell : cells(header)) {
            var name = cell.strip().toLowerCase(Locale.ROOT);
            var known = NAMES.getOrDefault(name, Stream.of(Column.values())
                    .filter(column -> column != Column.other && column.name().equals(name)).findFirst()
                    .orElse(Column.other));
            columns.add(columns.contains(known) ? Column.other : known);
        }
        return columns;
    }

    private static List<String> cells(String header) {
        try {
            return CsvReader.builder().fieldSeparator(separator(header)).ofCsvRecord(header).stream().findFirst()
                    .map(CsvRecord::getFields).orElse(List.of());
        } catch (CsvParseException noCsv) {
            return List.of();
        }
    }

    @Override
    public Read read(Source source, Optional<TaskTime> stated) throws IOException {
        var rows = new CsvRows();
        for (var part : source.parts()) rows.readPart(part);
        var remarks = remarks(rows);
        var known = new Known(rows.columns.contains(Column.request), rows.columns.contains(Column.queued), true);
        var time = TaskTime.ofMeasured(rows.tasks, stated, remarks);
        var names = new HashMap<>(Map.of(-1L, "unknown"));
        rows.ids.forEach((name, id) -> names.put(id, name));
        return new Read(rows.tasks, names, known, time, 0, remarks);
    }

    /** What a reader should know of the rows. If many are out of order, the columns mean something else: an error. */
    private static List<String> remarks(CsvRows rows) throws IOException {
        if (rows.impossible > 0 && 3 * rows.impossible >= rows.tasks.rowCount() + rows.running)
            throw new IOException(
                    rows.notARow(rows.firstImpossible, "a task is received, queued, started and ended, in "
                            + "this order; if a clock was set, or summer time ended, log in UTC"));
        var remarks = new ArrayList<>(rows.torn);
        if (rows.running > 0)
            remarks.add("%s had not ended when the log was written: what is seen at its end is too low."
                    .formatted(Words.count(rows.running, "task")));
        if (rows.impossible > 0)
            remarks.add(("%s: received, queued, started, ended are not in this order. "
                    + "Perhaps a clock was set, or summer time ended: log in UTC.").formatted(rows.impossible == 1
                            ? "1 row is not counted (%s)".formatted(rows.firstImpossible)
                            : "%d rows are not counted (the first is %s)".formatted(rows.impossible,
                                    rows.firstImpossible)));
        if (rows.backs > 0 && rows.backs <= FEW && (rows.back > MINUTE || rows.impossible > 0
                || 20 * rows.backs <= rows.tasks.rowCount()))
            remarks.add(Remarks.back(rows.firstBack, rows.back, rows.backs,
                    "the rows are merely not sorted by their ends"));
        if (rows.unknown > 0 && rows.unknown < rows.tasks.rowCount() && rows.columns.contains(Column.thread))
            remarks.add("The thread of %s is not known: there may be more threads than are counted."
                    .formatted(Words.count(rows.unknown, "task")));
        return remarks;
    }
}
