package io.kappa.standalone.operator;

import java.time.Duration;

/** Lets time pass between two looks. */
interface Pause {
    void pause(Duration time) throws InterruptedException;
}
