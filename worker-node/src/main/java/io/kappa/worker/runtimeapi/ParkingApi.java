package io.kappa.worker.runtimeapi;

import java.util.Map;

/** The Runtime API of an environment that is made before it is known for which function. */
public interface ParkingApi extends RuntimeApi {

    /** From here on this listener hears what runtimes say. */
    void belongTo(RuntimeListener environment);

    /**
     * Tells the runtime that waits which function it is for, in the form that the clients in {@code runtimes} read.
     *
     * @param environment all variables of the process from here on
     * @return false where no runtime waits, and nothing has been told
     */
    boolean assign(Map<String, String> environment);
}
