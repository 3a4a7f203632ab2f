import module java.base;
import picocli.CommandLine.TypeConversionException;

/** Numbers and times as people read and write them, in every locale the same. */
final class Words {

    private Words() {}

    /** Two digits after the point, three below 0.1. */
    static String number(double value) {
        if (!Double.isFinite(value)) return "-";
        var rounded = BigDecimal.valueOf(value).setScale(Math.abs(value) < 0.1 ? 3 : 2, RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    /** "1 task", "2 tasks". */
    static String count(long many, String things) {
        return many + " " + things + (many == 1 ? "" : "s");
    }

    /** A text as JSON has it. */
    static String json(String text) {
        return '"' + new String(com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsString(text))
                + '"';
    }

    /** A whole number from 1 to 999999999. */
    static int positive(String text) {
        if (text.matches("\\+?0*[1-9]\\d{0,8}")) return Integer.parseInt(text);
        throw new TypeConversionException("'" + text + "' is not a whole number from 1 to 999999999");
    }

    /** Reads 3s, 250ms, 1m and ISO-8601, which writes PT3S; from a millisecond to a year. */
    static Duration duration(String text) {
        try {
            var time = text.endsWith("ms") ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse(text.startsWith("P") ? text : "PT" + text);
            // Days first: a time that is too long has no milliseconds
            if (Math.abs(time.toDays()) < 365 && time.toMillis() >= 1) return time;
        } catch (DateTimeParseException | NumberFormatException e) { // said below
        }
        throw new TypeConversionException(
                "'" + text + "' is not a time from 1ms to a year; write 3s, 250ms, 1m or PT3S");
    }
}
