/** What is heard of runs, for the features that keep something of it. */
package io.moraine.dataset.run;
