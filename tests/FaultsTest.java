import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** The quick form of what `jbang bench faults` does to server.java for half an hour; LossTest has the other faults. */
@DisplayName("Nothing is lost under load")
class FaultsTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("kill -9 under load: never fewer rows than printed lines, and no row is torn")
    void kills() throws Exception {
        assertThat(Faults.kills(Bench.OURS, folder, 3),
                "fewer rows than printed lines: 0 times; a torn last row: 0 times");
    }

    @Test
    @DisplayName("A soak: each request that was answered has its three rows exactly once")
    void soak() throws Exception {
        assertThat(Faults.soak(Bench.OURS, folder, Duration.ofSeconds(3)), "each has its three rows once");
    }

    @Test
    @DisplayName("Idle, slow and deaf clients: a healthy one is answered; files and threads come back")
    void slowClients() throws Exception {
        var noticed = new SlowClients(500, 100, 25, 100).happens(Bench.OURS, folder);
        assertTrue(noticed.heldAfter().isAbout(noticed.heldBefore()), noticed::toString);
    }

    private static void assertThat(String outcome, String expected) {
        assertTrue(outcome.contains(expected), outcome);
    }
}
