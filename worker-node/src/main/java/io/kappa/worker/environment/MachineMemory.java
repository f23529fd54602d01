package io.kappa.worker.environment;

/** How the machine is off for memory. */
@FunctionalInterface
interface MachineMemory {

    Reading read();

    /**
     * @param availableMegabytes that processes could still have without others losing theirs
     * @param stalledPercent of the last ten seconds that some process has waited for memory, from 0 to 100; 0 where the kernel does not tell
     */
    record Reading(long availableMegabytes, double stalledPercent) {}
}
