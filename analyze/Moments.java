import module java.base;

/** Reads a moment, as logs write it, into microseconds since 1970, without making an object. */
final class Moments {

    private Moments() {}

    private static final long LAST = Long.MAX_VALUE / 1_000;
    private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    /**
     * A date and a time (2024-05-14T08:55:43.010120Z: T or a space, 0 to 9 digits after a point or a comma, Z, an
     * offset or nothing, which is taken as UTC; also as Java prints them, without a second of 0 and with
     * [Europe/Berlin] after the offset), or a number: seconds, milliseconds, microseconds or nanoseconds since 1970,
     * told apart by their size.
     *
     * @throws NumberFormatException if it is neither, or lies before 1970 or after 2260, where nanoseconds end
     */
    static long micros(CharSequence text) {
        return micros(text, 0, text.length());
    }

    /** The same, of the letters from {@code from} to before {@code to}. */
    static long micros(CharSequence text, int from, int to) {
        var micros = to - from > 4 && text.charAt(from + 4) == '-' ? date(text, from, to) : epoch(text, from, to);
        if (micros < 0 || micros > LAST) throw new NumberFormatException();
        return micros;
    }

    private static long date(CharSequence text, int from, int to) {
        var year = digits(text, from, from + 4, to);
        var month = digits(text, from + 5, from + 7, to);
        var day = digits(text, from + 8, from + 10, to);
        var hour = digits(text, from + 11, from + 13, to);
        var minute = digits(text, from + 14, from + 16, to);
        to = withoutZone(text, from + 16, to);
        var seconds = from + 16 < to && text.charAt(from + 16) == ':';
        var second = seconds ? digits(text, from + 17, from + 19, to) : 0;
        var leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 1 : 0;
        var between = text.charAt(from + 10);
        if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1] + leap || hour > 23 || minute > 59
                || second > 59 || between != 'T' && between != ' ' || text.charAt(from + 7) != '-'
                || text.charAt(from + 13) != ':' || !seconds && between != 'T') // a spreadsheet leaves out any second
            throw new NumberFormatException();
        var at = from + (seconds ? 19 : 16);
        var micros = 0L;
        if (seconds && at < to && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
            var fraction = at + 1;
            for (at = fraction; at < to && isDigit(text.charAt(at)); at++)
                if (at - fraction < 6) micros = 10 * micros + text.charAt(at) - '0';
            if (at - fraction > 9) throw new NumberFormatException();
            for (var missing = at - fraction; missing < 6; missing++) micros *= 10;
        }
        var utc = 86_400 * days(year, month, day) + 3_600L * hour + 60L * minute + second - offset(text, at, to);
        return 1_000_000 * utc + micros;
    }

    /** Where the name of a zone begins, which stands after an offset; the end if there is none. */
    private static int withoutZone(CharSequence text, int from, int to) {
        if (text.charAt(to - 1) == ']') for (var at = from; at < to; at++) if (text.charAt(at) == '[') return at;
        return to;
    }

    /** Seconds east of Greenwich: Z, UTC, +02, +0200, +02:00, also after a space; 0 if there is nothing. */
    private static int offset(CharSequence text, int from, int to) {
        if (from < to && text.charAt(from) == ' ') from++;
        if (from == to) return 0;
        if (to - from == 1 && text.charAt(from) == 'Z') return 0;
        if (to - from == 3 && "UTC".contentEquals(text.subSequence(from, to))) return 0;
        var sign = text.charAt(from) == '+' ? 1 : text.charAt(from) == '-' ? -1 : 0;
        var hours = digits(text, from + 1, from + 3, to);
        var minutesAt = to - from == 6 && text.charAt(from + 3) == ':' ? from + 4 : from + 3;
        var minutes = to == from + 3 ? 0 : digits(text, minutesAt, minutesAt + 2, to);
        if (sign == 0 || hours > 18 || minutes > 59 || to > minutesAt + 2) throw new NumberFormatException();
        return sign * 60 * (60 * hours + minutes);
    }

    /** Days since 1970, after Howard Hinnant's days_from_civil. */
    private static long days(int year, int month, int day) {
        long y = month <= 2 ? year - 1 : year;
        var era = y / 400;
        var ofEra = y - era * 400;
        var ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
    }

    /** Microseconds by the size of the number: before the year 5138, seconds have at most 11 digits. */
    private static long epoch(CharSequence text, int from, int to) {
        var point = from;
        var whole = 0L;
        for (; point < to && isDigit(text.charAt(point)); point++) {
            whole = 10 * whole + text.charAt(point) - '0';
            if (point - from > 18) throw new NumberFormatException();
        }
        if (point == from) throw new NumberFormatException();
        long scale = whole < 100_000_000_000L ? 1_000_000 : whole < 100_000_000_000_000L ? 1_000 : 1;
        var micros = whole < 100_000_000_000_000_000L ? whole * scale : whole / 1_000;
        if (point < to) {
            if (text.charAt(point) != '.' && text.charAt(point) != ',') throw new NumberFormatException();
            var part = scale;
            for (var at = point + 1; at < to; at++) {
                if (!isDigit(text.charAt(at))) throw new NumberFormatException();
                micros += (text.charAt(at) - '0') * (part /= 10);
            }
        }
        return micros;
    }

    private static int digits(CharSequence text, int from, int to, int end) {
        if (to > end) throw new NumberFormatException();
        var value = 0;
        for (var at = from; at < to; at++) {
            if (!isDigit(text.charAt(at))) throw new NumberFormatException();
            value = 10 * value + text.charAt(at) - '0';
        }
        return value;
    }

    private static boolean isDigit(char letter) {
        return letter >= '0' && letter <= '9';
    }
}
