// What holds a pod's namespaces open, and the first process of the box.
module chaperone.dev/test/cluster/pause

go 1.26.0
