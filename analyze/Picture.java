import module java.base;

/**
 * The data of a picture, computed and thinned once; Svg and Plotly only write it down.
 *
 * @param description what a reader who cannot see it is told
 */
record Picture(String title, String description, List<Panel> panels, List<Key> legend) {

    /** Panels lie one below the other. */
    record Panel(String title, Axis x, Axis y, double height, List<Mark> marks) {}

    /** From the left to the right, or from the bottom to the top; {@code from} may be the larger one. */
    record Axis(String name, double from, double to, boolean logarithmic, List<Tick> ticks) {

        /** 0 at {@code from}, 1 at {@code to}. */
        double at(double value) {
            return logarithmic ? (Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                    : (value - from) / (to - from);
        }

        /** Whole powers of ten around these positive values. */
        static Axis powers(String name, DoubleStream values) {
            var logarithms = values.map(Math::log10).summaryStatistics();
            var low = (int) Math.floor(logarithms.getMin());
            var high = Math.max(low + 1, (int) Math.ceil(logarithms.getMax()));
            var ticks = IntStream.iterate(low, power -> power <= high, power -> power + Math.ceilDiv(high - low, 5))
                    .mapToObj(power -> new Tick(Math.pow(10, power),
                            Words.number(Math.pow(10, power)).replaceFirst("000000$", "M").replaceFirst("000$", "k")))
                    .toList();
            return new Axis(name, Math.pow(10, low), Math.pow(10, high), true, ticks);
        }

        /**
         * Seconds from 0. Ticks are multiples of the task time if that is round (3 or 0.25; 3.02 counts as 3) and
         * gives two to eight ticks after 0; else of a round number.
         */
        static Axis seconds(double end, double taskTime) {
            var half = Math.pow(10, Math.floor(Math.log10(taskTime))) / 2;
            var round = Math.rint(taskTime / half) * half;
            var power = Math.pow(10, Math.floor(Math.log10(end / 8)));
            var step = Math.abs(round - taskTime) < taskTime / 50 && 2 * round <= end && end <= 8 * round ? round
                    : power * IntStream.of(1, 2, 5, 10).filter(times -> power * times >= end / 8).findFirst()
                            .orElse(10);
            var ticks = IntStream.rangeClosed(0, (int) (end / step)).mapToObj(n -> new Tick(n * step,
                    Words.number(n * step) + (n == 0 ? " s" : ""))).toList();
            return new Axis("seconds since the first request", 0, end, false, ticks);
        }
    }

    record Tick(double at, String label) {}

    /** What is drawn in a panel. */
    sealed interface Mark {}

    /** Horizontal bars of one colour; the width is a share of the panel's height. */
    record Bars(String name, Colour colour, double width, List<Bar> bars) implements Mark {}

    record Bar(double from, double to, double y, String tooltip) {}

    /** A line through points, or steps from each to the next. */
    record Curve(String name, Colour colour, boolean steps, boolean dashed, boolean markers, double[] x, double[] y)
            implements Mark {}

    /** A text at a place, to the right of it. */
    record Label(double x, double y, String text) implements Mark {}

    record Key(String text, Colour colour, boolean dashed) {}

    /** After Okabe and Ito, 2008, for all eyes; the third is lighter than theirs, to differ in grey, too. */
    enum Colour {
        BLUE("#0072b2"), ORANGE("#e69f00"), SKY("#9fd8f5"), GREEN("#009e73"), PINK("#cc79a7"), RED("#d55e00"),
        GREY("#8c959f"), NONE("none");

        final String hex;

        Colour(String hex) {
            this.hex = hex;
        }

        /** The colour of a task index, or of the n-th log. */
        static Colour of(int index) {
            return values()[index % 6];
        }
    }
}
