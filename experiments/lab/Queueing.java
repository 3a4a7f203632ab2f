import module java.base;

/** In which order waiting tasks get a free thread, as a log shows it. */
final class Queueing {

    /**
     * A task waits if at least half a task time passes between its submission and its start.
     *
     * @param tasks      that the log has; those that were lost when the server was stopped are not in it
     * @param requests   that were answered; of some, no task may have started
     * @param taskMicros the task time in microseconds
     * @return "FIFO", "LIFO", "a request's own next task first", "in no fixed order", "too few to tell", "none waits"
     */
    static String order(List<Run.Task> tasks, int requests, long taskMicros) {
        Predicate<Run.Task> waits = task -> task.started() - task.queued() > taskMicros / 2;
        var firsts = tasks.stream().filter(task -> task.index() == 0).toList();
        var waited = firsts.stream().filter(waits).toList();
        var neverStarted = requests - firsts.size();
        if (waited.isEmpty() && neverStarted == 0) return "none waits";
        // A later task of a request overtakes a first task that was submitted before it and starts after it.
        Predicate<Run.Task> overtakes = later -> neverStarted > 0 || waited.stream().anyMatch(
                first -> first.queued() < later.queued() && first.started() > later.started() + taskMicros / 2);
        var overtaking = tasks.stream().filter(task -> task.index() > 0).filter(overtakes).toList();
        int inOrder = 0, reversed = 0;
        for (var one : waited) for (var later : waited) {
            if (later.started() - one.started() < taskMicros / 2) continue; // not clearly the later one
            if (one.queued() < later.queued()) inOrder++;
            if (one.queued() > later.queued()) reversed++;
        }
        if (reversed > 3 * inOrder) return "LIFO";
        if (!overtaking.isEmpty())
            return overtaking.stream().noneMatch(waits) ? "a request's own next task first" : "in no fixed order";
        return inOrder + reversed == 0 ? "too few to tell" : inOrder > 20 * reversed ? "FIFO" : "in no fixed order";
    }

    private Queueing() {}
}
