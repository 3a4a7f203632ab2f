import module java.base;

/** What an experiment says of itself: data in its class, from which pages, index and terminal are made. */
@Retention(RetentionPolicy.RUNTIME)
@interface Lesson {

    /** The finding in one sentence without a full stop; the file's name and its description say the same. */
    String title();

    String question();

    /** The answer that is expected before anything is measured, as numbers or a formula. */
    String expectation();

    /** Whether it downloads what it measures, so that it is measured only when it is named. */
    boolean downloads() default false;
}
