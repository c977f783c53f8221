"""What supervision decides, one module for each chapter of the procedure.

transfers   a unit accepts a transfer or objects to it              L22-23, T7
clocks      which clocks run, from when, until when                 L22-34, D-20 to D-22, C-15, X-5
addressees  who gets each of the eight slips                        C-14, D-06, D-18
slips       when slips are issued, acknowledged, returned           C-14 to C-16, D-18, D-19, T14
results     when a result counts as reported                        C-15, C-16, D-19, T19
extension   one extension, before it is due                         L22-34, D-22, T15
overdue     what a passed due date leads to                         C-17, D-20, D-23, T16
promises    the explanation and the promised day                    C-17, D-23, T18
opinions    the written handling opinion and the way to review      L22-32, L22-35, D-24, T20
closing     when a case is closed                                   C-16, C-18, T21
archive     when a file is complete, and its seal                   C-16, P-6, T22

Every function here is pure: facts come in, a decision or a value comes out.
"""
