/** What operators see of the worker nodes, as one router knows them. The door is {@code WorkerControl}. */
@NullMarked
package io.kappa.router.control;

import org.jspecify.annotations.NullMarked;
