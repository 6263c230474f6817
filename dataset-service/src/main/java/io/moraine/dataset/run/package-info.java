/** What runs are heard to do. */
package io.moraine.dataset.run;
