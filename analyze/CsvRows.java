import module java.base;
import de.siegmar.fastcsv.reader.*;
import tech.tablesaw.api.*;

/** Puts the cells of a row into the columns when the row is whole. */
final class CsvRows extends AbstractBaseCsvCallbackHandler<Boolean> {

    private static final long NAMED = Integer.MIN_VALUE; // requests and threads that have names count from here on

    final Table tasks = Form.emptyTable();
    final Map<String, Long> ids = new HashMap<>(); // by name
    long running;
    String torn;
    List<Csv.Column> columns = List.of();

    private final long[] at = new long[4]; // of this row: received, queued, started, ended
    private CharBuffer letters = CharBuffer.allocate(0);
    private int request, index;
    private long thread, broken; // the line of a row that is broken; 0: none
    private String mode, outcome, why; // why: is a row broken, where that does not meet the eye
    private boolean header, whole, empty;

    void readPart(Path part) throws IOException {
        header = true;
        broken = 0;
        why = "";
        var last = new char[]{'\n'};
        try (var text = new FilterReader(Source.text(part)) {
            @Override
            public int read(char[] letters, int from, int length) throws IOException {
                var read = super.read(letters, from, length);
                if (read > 0) last[0] = letters[from + read - 1];
                return read;
            }
        }; var first = Source.text(part)) {
            var line = Objects.requireNonNullElse(first.readLine(), "");
            columns = Csv.columns(line);
            var reader = CsvReader.builder().fieldSeparator(Csv.separator(line)).skipEmptyLines(true)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE).allowUnclosedQuote(true).build(this, text);
            for (var _ : reader) if (broken > 0 && broken < getStartingLineNumber()) break;
            if (broken > 0 && (last[0] == '\n' || broken < getStartingLineNumber()))
                throw new IOException("%s, line %d: not a row of %s: %s%s".formatted(part, broken, line,
                        Source.line(part, broken), why));
            if (broken > 0) torn = "Line %d of %s is torn and not counted: the disk was full, or it still grew."
                    .formatted(broken, part.getFileName());
        } catch (CsvParseException | UncheckedIOException e) {
            if (e.getCause() instanceof OutOfMemoryError memory) throw memory;
            if (e.getCause() instanceof IOException broken) throw broken;
            throw new IOException("%s, line %d: %s".formatted(part, getStartingLineNumber(), e.getMessage()));
        }
    }

    @Override
    protected void handleBegin(long line) {
        Arrays.fill(at, Long.MIN_VALUE);
        request = -1;
        index = 0;
        thread = -1;
        mode = "sync";
        outcome = "ok";
        whole = empty = true;
    }

    @Override
    protected void handleField(int field, char[] cells, int offset, int length, boolean quoted) {
        empty &= length == 0 && field == 0;
        if (header || field >= columns.size()) return;
        if (!letters.hasArray() || letters.array() != cells) letters = CharBuffer.wrap(cells);
        int from = offset, to = offset + length;
        while (from < to && cells[from] == ' ') from++;
        while (from < to && cells[to - 1] == ' ') to--;
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
                    whole &= is(mode, from, to);
                }
                case thread -> thread = id(from, to, 18);
                case outcome -> outcome = is("ok", from, to) ? "ok" : name(from, to);
            }
        } catch (NumberFormatException e) {
            whole = false;
            if (column == Csv.Column.task && broken == 0) why = " (task must be a number, the index in its request)";
        }
    }

    @Override
    protected Boolean buildRecord() {
        if (header || empty) return header = false;
        var line = getStartingLineNumber();
        if (broken > 0 && broken < line) return false;
        if (at[1] == Long.MIN_VALUE) at[1] = at[2];
        if (at[0] == Long.MIN_VALUE) at[0] = at[1];
        var inOrder = at[0] <= at[1] && at[1] <= at[2] && (at[2] <= at[3] || at[3] == Long.MIN_VALUE);
        whole &= getFieldCount() == columns.size() && index >= 0 && at[2] != Long.MIN_VALUE;
        if (!whole || !inOrder) {
            broken = line;
            if (whole) why = " (a task is received, queued, started and ended, in this order)";
        } else if (at[3] == Long.MIN_VALUE) running++;
        else Form.append(tasks, request, index, mode, thread, at[0], at[1], at[2], at[3], outcome);
        return true;
    }

    private long id(int from, int to, int digits) {
        var number = from < to && to - from <= digits && (letters.get(from) != '0' || to - from == 1);
        for (var i = from; i < to && number; i++) number = letters.get(i) >= '0' && letters.get(i) <= '9';
        return number ? Long.parseLong(letters, from, to, 10)
                : ids.computeIfAbsent(name(from, to), _ -> NAMED + ids.size());
    }

    private boolean is(String word, int from, int to) {
        if (to - from != word.length()) return false;
        for (var i = from; i < to; i++) if (letters.get(i) != word.charAt(i - from)) return false;
        return true;
    }

    /** Nothing is no name, and neither is a number below 0. */
    private String name(int from, int to) {
        if (from == to || letters.get(from) == '-') throw new NumberFormatException();
        return letters.subSequence(from, to).toString();
    }
}
