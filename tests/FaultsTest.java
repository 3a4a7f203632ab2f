import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** In short what `jbang bench faults` does with thousands; LossTest has the other faults. */
@DisplayName("Slow clients")
class FaultsTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("Idle, slow and deaf clients: a healthy one is answered; files and threads come back")
    void slowClients() throws Exception {
        var noticed = new SlowClients(500, 100, 25, 100).happens(Bench.OURS, folder);
        assertTrue(noticed.heldAfter().isAbout(noticed.heldBefore()), noticed::toString);
    }
}
