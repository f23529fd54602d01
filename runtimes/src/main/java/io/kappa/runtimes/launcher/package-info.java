/**
 * What the process of a Java function begins with, on Java 25 and later: Kappa's own part, before AWS's client of the Runtime API. It is
 * packed into a jar for these processes and is on no class path of Kappa's own; it may use nothing but Java and that client. The door is
 * {@link io.kappa.runtimes.launcher.Launcher}.
 */
@NullMarked
package io.kappa.runtimes.launcher;

import org.jspecify.annotations.NullMarked;
