import module java.base;
import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.longs.LongArrays;

/** Rows in the order of a moment, as numbers. */
final class Order {

    private Order() {}

    /** The rows by their keys, ascending; rows of equal keys stay as they are. */
    static int[] by(long[] keys) {
        var rows = new int[keys.length];
        var sorted = true;
        for (var i = 0; i < rows.length; i++) {
            rows[i] = i;
            sorted &= i == 0 || keys[i - 1] <= keys[i];
        }
        if (!sorted) LongArrays.radixSortIndirect(rows, keys, true);
        return rows;
    }

    /** The same; rows of equal keys by these, ascending. */
    static int[] by(long[] keys, int[] then) {
        var rows = by(keys);
        for (int from = 0, to; from < rows.length; from = to) {
            for (to = from + 1; to < rows.length && keys[rows[to]] == keys[rows[from]];) to++;
            if (to > from + 1)
                IntArrays.mergeSort(rows, from, to, (one, other) -> Integer.compare(then[one], then[other]));
        }
        return rows;
    }
}
