import module java.base;
import de.siegmar.fastcsv.reader.*;

/**
 * Reads a row a task with measured moments, from {@code started,ended} to all columns of the log for programs; the
 * columns may stand in any order and beside others, with commas, semicolons or tabs. Cells become numbers without becoming text.
 */
final class Csv implements Form {

    enum Column { other, request, task, mode, thread, received, queued, started, ended, outcome }

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
        var remarks = new ArrayList<String>();
        if (rows.torn != null) remarks.add(rows.torn);
        if (rows.running > 0)
            remarks.add("%s had not ended when the log was written: what is seen at its end is too low."
                    .formatted(Words.count(rows.running, "task")));
        var known = new Known(rows.columns.contains(Column.request), rows.columns.contains(Column.queued), true);
        var time = TaskTime.ofMeasured(rows.tasks, stated, remarks);
        var names = new HashMap<Long, String>();
        rows.ids.forEach((name, id) -> names.put(id, name));
        return new Read(rows.tasks, names, known, time, 0, remarks);
    }
}
