import module java.base;

/** Words, numbers and tables as the pages write them. */
final class Markdown {

    private Markdown() {}

    /** A table; of figures, all columns but the first are aligned to the right. */
    static String table(List<String> head, boolean ofFigures, List<List<String>> rows) {
        var rule =
                IntStream.range(0, head.size()).mapToObj(column -> ofFigures && column > 0 ? "---:" : "---").toList();
        return Stream.concat(Stream.of(head, rule), rows.stream())
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
        double low = Collections.min(values), high = Collections.max(values);
        return number(Verdict.median(values))
                + (low == high ? "" : " (%s to %s)".formatted(number(low), number(high)));
    }

    /** Two digits after the point, three below 0.1 and one from 100 on; thousands with a comma. */
    static String number(double value) {
        var digits = Math.abs(value) >= 100 ? "#,##0.#" : Math.abs(value) < 0.1 ? "0.###" : "0.##";
        var format = new DecimalFormat(digits, DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setRoundingMode(RoundingMode.HALF_UP);
        return format.format(value);
    }
}
