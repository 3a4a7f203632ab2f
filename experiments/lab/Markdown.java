import module java.base;

/** Words and tables as the pages write them. */
final class Markdown {

    private Markdown() {}

    /** A table, its head first; of figures, all columns but the first are aligned to the right. */
    static String table(List<List<String>> rows, boolean ofFigures) {
        var rule = IntStream.range(0, rows.getFirst().size())
                .mapToObj(column -> ofFigures && column > 0 ? "---:" : "---").toList();
        return Stream.of(rows.stream().limit(1), Stream.of(rule), rows.stream().skip(1)).flatMap(Function.identity())
                .map(row -> row.stream().map(cell -> text(cell).replace("|", "\\|"))
                        .collect(Collectors.joining(" | ", "| ", " |\n")))
                .collect(Collectors.joining());
    }

    /** On one line, and without what Markdown would take for HTML. */
    static String text(String words) {
        return words.strip().replaceAll("\\s*\\R\\s*", " ").replace("<", "&lt;");
    }

    /** "12", or the median and the range: "12 (11 to 13)"; empty without a value. */
    static String range(List<Double> values) {
        if (values.isEmpty()) return "";
        var low = Words.number(Collections.min(values));
        var high = Words.number(Collections.max(values));
        return Words.number(Verdict.median(values)) + (low.equals(high) ? "" : " (%s to %s)".formatted(low, high));
    }
}
