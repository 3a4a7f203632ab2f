import module java.base;
import de.siegmar.fastcsv.reader.*;
import tech.tablesaw.api.*;

/** Puts the cells of a row into the columns when the row is whole; one part of a log after the other. */
final class CsvRows extends AbstractBaseCsvCallbackHandler<Boolean> {

    private static final long NAMED = Integer.MIN_VALUE; // requests and threads that have names count from here on
    private static final long NONE = Long.MIN_VALUE; // in place of a moment
    private static final long BACK = 1_000_000; // microseconds; rows that are written at once differ by less

    final Table tasks = Form.emptyTable();
    final Map<String, Long> ids = new HashMap<>(); // by name
    List<Csv.Column> columns = List.of();

    final List<String> torn = new ArrayList<>(); // remarks
    int running, unknown, impossible, backs; // rows: not ended, no thread, moments in no order, the time goes back
    long back; // microseconds, of the first time
    Csv.Place firstImpossible, firstBack;

    private Path part;
    private String titles; // the last header
    private Letters text;
    private boolean header, empty; // header: of this part comes next; empty: is this row
    private boolean cutBefore, tornBefore; // has the last line of the part before no end, is it torn
    private Csv.Place broken;

    private final long[] at = new long[4]; // of this row: received, queued, started, ended
    private CharBuffer letters = CharBuffer.allocate(0);
    private int request, index, length, lengthBefore; // length: of the last cell, in this row and in the one before
    private long thread, startedBefore = NONE / 2, endedBefore = NONE / 2;
    private String mode, outcome, why; // why: is a row broken
    private char last; // letter of this row

    /** A part after the first may have no header, as where a log is rotated by its size. */
    void readPart(Path file) throws IOException {
        var line = Source.firstLine(file);
        part = file;
        header = Csv.isHeader(line);
        if (header) {
            titles = line;
            columns = Csv.columns(line);
        }
        try (var in = new Letters(Source.text(file))) {
            text = in;
            var reader = CsvReader.builder().fieldSeparator(Csv.separator(titles)).skipEmptyLines(true)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE).allowUnclosedQuote(true).build(this, in);
            var tearings = torn.size();
            for (var _ : reader) if (broken != null) throw new IOException(notARow(broken, why));
            cutBefore = in.areCut();
            tornBefore = torn.size() > tearings;
        } catch (CsvParseException | UncheckedIOException e) {
            if (e.getCause() instanceof OutOfMemoryError memory) throw memory;
            if (e.getCause() instanceof IOException unreadable) throw unreadable;
            throw new IOException("%s, line %d: %s".formatted(part, getStartingLineNumber(), e.getMessage()));
        }
    }

    String notARow(Csv.Place row, String why) throws IOException {
        return "%s, line %d: not a row of %s: %s (%s)".formatted(row.part(), row.line(), titles,
                Source.line(row.part(), row.line()), why);
    }

    /** Letters of which one knows, when all are read, whether the last line has an end. */
    private static final class Letters extends FilterReader {

        private char last = '\n';
        private boolean over;

        Letters(Reader text) { super(text); }

        @Override
        public int read(char[] letters, int from, int length) throws IOException {
            var read = super.read(letters, from, length);
            if (read > 0) last = letters[from + read - 1];
            over |= read < 0;
            return read;
        }

        boolean areCut() { return over && last != '\n' && last != '\r'; }
    }

    // ---- A row

    @Override
    protected void handleBegin(long line) {
        Arrays.fill(at, NONE);
        request = -1;
        index = 0;
        thread = -1;
        mode = "sync";
        outcome = "ok";
        why = null;
        empty = true;
    }

    @Override
    protected void handleField(int field, char[] cells, int offset, int all, boolean quoted) {
        int from = offset, to = offset + all;
        while (from < to && cells[from] == ' ') from++;
        while (from < to && cells[to - 1] == ' ') to--;
        empty &= from == to;
        if (header || field >= columns.size()) return;
        if (!letters.hasArray() || letters.array() != cells) letters = CharBuffer.wrap(cells);
        length = to - from;
        last = from < to ? cells[to - 1] : ' ';
        var column = columns.get(field);
        try {
            switch (column) {
                case other -> {}
                case received, queued, started, ended -> {
                    if (from < to) at[column.ordinal() - Csv.Column.received.ordinal()] =
                            Moments.micros(letters, from, to);
                }
                case request -> request = (int) id(from, to, 9);
                case task -> index = Integer.parseInt(letters, from, to, 10);
                case mode -> {
                    mode = is("async", from, to) ? "async" : "sync";
                    if (!is(mode, from, to)) throw new NumberFormatException();
                }
                case thread -> thread = from == to || is("-1", from, to) ? -1 : id(from, to, 18);
                case outcome -> outcome = is("ok", from, to) ? "ok" : from == to ? "" : name(from, to);
            }
        } catch (NumberFormatException e) {
            if (why == null) why = column.must();
        }
    }

    @Override
    protected Boolean buildRecord() {
        if (header || empty) return header = false;
        if (at[1] == NONE) at[1] = at[2];
        if (at[0] == NONE) at[0] = at[1];
        if (getFieldCount() != columns.size())
            why = "it has %s, and the header has %d%s".formatted(Words.count(getFieldCount(), "cell"), columns.size(),
                    getFieldCount() > columns.size() ? "; quote a cell that holds a separator" : "");
        else if (why == null && index < 0) why = Csv.Column.task.must();
        else if (why == null && at[2] == NONE) why = Csv.Column.started.must();
        else if (why == null && at[3] != NONE && outcome.isEmpty()) why = Csv.Column.outcome.must();
        var row = new Csv.Place(part, getStartingLineNumber());
        var inOrder = at[0] <= at[1] && at[1] <= at[2] && (at[2] <= at[3] || at[3] == NONE);
        if (row.line() == 1 && (tornBefore || cutBefore && why != null))
            torn.add(row + ", is not counted: it may be the rest of the last row of the file before.");
        else if (text.areCut() && (why != null || !inOrder || isShort()))
            torn.add(
                    "Line %d of %s is torn and not counted: the disk was full, the log still grew, or it was rotated."
                            .formatted(row.line(), part.getFileName()));
        else if (why != null) broken = row;
        else if (!inOrder) firstImpossible = impossible++ == 0 ? row : firstImpossible;
        else if (at[3] == NONE) running++;
        else add(row);
        return true;
    }

    /** Whether its last cell is a moment with fewer digits than that of the row before, and with no Z or zone. */
    private boolean isShort() {
        return columns.getLast().isMoment() && length < lengthBefore && !Character.isLetter(last) && last != ']';
    }

    private void add(Csv.Place row) {
        if (at[3] < endedBefore - BACK && at[2] < startedBefore - BACK && backs++ == 0) {
            firstBack = row;
            back = endedBefore - at[3];
        }
        startedBefore = at[2];
        endedBefore = at[3];
        lengthBefore = length;
        if (thread == -1) unknown++;
        Form.append(tasks, request, index, mode, thread, at[0], at[1], at[2], at[3], outcome);
    }

    // ---- A cell

    private long id(int from, int to, int digits) {
        var number = from < to && to - from <= digits && (letters.get(from) != '0' || to - from == 1);
        for (var i = from; i < to && number; i++) number = letters.get(i) >= '0' && letters.get(i) <= '9';
        return number ? Long.parseLong(letters, from, to, 10)
                : ids.computeIfAbsent(name(from, to), _ -> NAMED + ids.size());
    }

    /** Whether it is that word, in small letters or capitals. */
    private boolean is(String word, int from, int to) {
        if (to - from != word.length()) return false;
        for (var i = from; i < to; i++)
            if (Character.toLowerCase(letters.get(i)) != word.charAt(i - from)) return false;
        return true;
    }

    /** Nothing is no name, and neither is a number below 0. */
    private String name(int from, int to) {
        if (from == to || letters.get(from) == '-') throw new NumberFormatException();
        return letters.subSequence(from, to).toString();
    }
}
