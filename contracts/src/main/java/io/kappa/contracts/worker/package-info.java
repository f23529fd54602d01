/** What routers and worker nodes say to each other: status records and the HTTP exchange of one invocation. */
@NullMarked
package io.kappa.contracts.worker;

import org.jspecify.annotations.NullMarked;
