"""reception (访中联办, 四碰头): when and before whom a petition is heard, and its one decision."""
